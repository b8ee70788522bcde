"""Who watches what, and who is to be told of an event, and why."""
