"""Texts: Markdown, the word difference, what a database can hold."""
