"""A small example community to try the site with; see `make demo`."""
