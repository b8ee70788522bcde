"""Limits of what can be tried without an account: passwords, codes, sign-ups, mail to typed addresses."""
