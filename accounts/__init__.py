"""The person: signing in, mail, settings, privacy. It may use skills, and knows nothing of community."""
