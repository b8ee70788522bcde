"""A small living community to try the site with; see `make demo`."""
