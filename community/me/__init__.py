"""A member's own start page, and the menu of the reader on every page."""
