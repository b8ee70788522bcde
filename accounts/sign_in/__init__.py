"""Signing up and in: by password, by a code in a mail, by passkey."""
