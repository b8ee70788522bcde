"""The exchange format: read a framework from a file and load it into the catalogue."""
