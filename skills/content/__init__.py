"""The content of a skill as values: the matrix of its requirements, its changes, its checks."""
