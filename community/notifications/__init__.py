"""Notices: the list, the mails, and which mails a person wants."""
