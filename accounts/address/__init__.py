"""Changing an account's e-mail address, confirmed from the old one and the new one."""
