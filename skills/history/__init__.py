"""The history of a skill: revisions, comparison, blame, recent changes."""
