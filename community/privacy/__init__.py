"""The community's part of a person's data: given to them as a file, and erased when they ask."""
