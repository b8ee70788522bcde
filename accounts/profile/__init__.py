"""What a person sets about themselves: name, language, appearance, public profile."""
