"""Accounts: sign-in, mail, settings and privacy of users. May import from `skills`, never from `community`."""
