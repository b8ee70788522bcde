"""The sessions of an account: where it is signed in, and since when."""
