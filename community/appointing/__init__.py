"""Making members reviewers and moderators, and ending it."""
