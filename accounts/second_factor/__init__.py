"""Second factors: apps with codes, recovery codes, passkeys; and the encryption of their secrets."""
