"""Finding skills: the home page, and the list with its filters."""
