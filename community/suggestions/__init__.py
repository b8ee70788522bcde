"""A suggestion as readers see it: its page, lists, votes, conflicts. Rules: the states in `moves`."""
