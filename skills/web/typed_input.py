"""What a form, an address or a file holds, before it means anything: is it a number, can it be kept?"""

LONGEST_KEY = 18  # digits of a primary key that every database knows


def number_in(text: str, longest: int = LONGEST_KEY) -> int | None:
    """Return the number that a text is, None for anything else and for more than `longest` digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= longest else None


def numbers_in(texts: list[str]) -> list[int]:
    """Return the primary keys among texts, in their order."""
    return [number for number in map(number_in, texts) if number is not None]
