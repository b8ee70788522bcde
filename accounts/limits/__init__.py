"""Rate limits for requests without an account: passwords, codes, sign-ups, mail to typed addresses."""
