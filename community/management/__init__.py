"""Commands of the community."""
