"""Template tags and filters of the catalogue."""
