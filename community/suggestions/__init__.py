"""Suggestions for readers: their page, lists, votes and conflicts. The states and their order are in `moves`."""
