"""From notices to mail."""


def build_due() -> None:
    """Make a message of the notices of each person whose mail is due."""
