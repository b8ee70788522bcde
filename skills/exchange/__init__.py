"""Frameworks as files: reading and loading them."""
