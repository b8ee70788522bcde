"""Watching and muting skills, roles, groups and domains."""
