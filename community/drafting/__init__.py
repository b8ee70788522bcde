"""The author's side of a suggestion: write, save, submit, renew and withdraw it."""
