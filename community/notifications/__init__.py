"""Notices: their list, their mail, and how often each user wants mail."""
