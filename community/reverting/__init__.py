"""Reverting a skill to an earlier revision, or a single change of it."""
