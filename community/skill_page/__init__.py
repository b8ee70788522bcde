"""The community's slots on the page of a skill."""
