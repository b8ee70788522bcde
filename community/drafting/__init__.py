"""The author of a suggestion: drafting, submitting, renewing, withdrawing."""
