"""Atom feeds of revisions."""
