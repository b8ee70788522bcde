"""Template tags and filters of accounts."""
