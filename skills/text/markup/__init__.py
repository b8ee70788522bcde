"""Markdown as HTML and as plain text, with links and mentions."""
