"""Changing an account's e-mail address, confirmed from the old and the new one."""
