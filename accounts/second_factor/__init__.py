"""Second factors: apps with codes, recovery codes, passkeys; and their encryption."""
