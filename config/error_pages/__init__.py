"""The pages that answer what cannot be answered."""
