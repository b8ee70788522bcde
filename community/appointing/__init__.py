"""Granting and removing the roles of reviewer and moderator."""
