"""Sign-up and sign-in: by password, by a mailed code, by passkey."""
