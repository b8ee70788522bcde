"""What users set about themselves: name, language, appearance, public profile."""
