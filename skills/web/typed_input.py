"""What a form, an address or a file holds, before it means anything: is it a number, can it be kept?"""

MAX_PRIMARY_KEY = 2**63 - 1
"""The largest primary key: a big integer, in every database."""

MAX_REVISION_NUMBER = 2**31 - 1
"""The largest number of a revision: a positive integer of PostgreSQL."""


def parse_number(text: str, maximum: int = MAX_PRIMARY_KEY) -> int | None:
    """Return the number that a text is, None for anything else and for more than `largest`.

    Its length is checked first: Python refuses to read thousands of digits.
    """
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(maximum))
    return int(text) if is_number and int(text) <= maximum else None


def normalize_line_endings(text: str) -> str:
    """Return a text with LF as its line ends, as the catalogue has them; browsers send CR LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse_numbers(texts: list[str]) -> list[int]:
    """Return the primary keys among texts, in their order."""
    return [number for number in map(parse_number, texts) if number is not None]
