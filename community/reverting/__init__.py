"""Taking a skill back to an earlier revision."""
