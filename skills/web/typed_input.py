"""Parse raw input from forms, URLs and files: numbers and line endings."""

MAX_PRIMARY_KEY = 2**63 - 1
"""The largest primary key: a big integer in every database."""

MAX_REVISION_NUMBER = 2**31 - 1
"""The largest revision number: a positive integer in PostgreSQL."""


def parse_number(text: str, maximum: int = MAX_PRIMARY_KEY) -> int | None:
    """Return the number that a text consists of, None for any other text and for more than `maximum`.

    Only ASCII digits count: no sign, no spaces.
    """
    # The length is checked first, because `int` raises an error for thousands of digits.
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(maximum))
    return int(text) if is_number and int(text) <= maximum else None


def normalize_line_endings(text: str) -> str:
    """Return a text with LF as its line endings.

    Texts in the catalogue have LF; browsers send CR LF.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse_numbers(texts: list[str]) -> list[int]:
    """Return the texts that are numbers up to `MAX_PRIMARY_KEY` as numbers, in their order.

    All other texts are left out.
    """
    return [number for number in map(parse_number, texts) if number is not None]
