"""Write Markdown as plain text, for mail, notices, feeds, titles and excerpts."""

import re
from collections.abc import Iterable, Iterator

from skills.text.characters import ELLIPSIS, shorten
from skills.text.markup.markdown_pieces import Break, Code, End, MarkdownPiece, Start, Text, parse

BULLET = "• "
CELL_SEPARATOR = " · "


def render_plain(text: str, *, has_bullets: bool = True) -> str:
    """Return a Markdown text as plain text, as it reads on a page: without marks, one line for each block or item.

    Items of lists begin with a bullet or a number, unless `has_bullets` is false. The texts of links stay, their URLs
    do not. Code stays as it is.
    """
    written = "".join(_write(parse(text), has_bullets=has_bullets))
    lines = (line.rstrip() for line in written.split("\n"))
    return "\n".join(line for line in lines if line)


def build_excerpt_line(text: str, length: int) -> str:
    """Return the beginning of a Markdown text as plain text in one line, of at most `length` characters.

    It is cut as `shorten_at_word` does. A text that a page would show as nothing, such as "[a]: b", is returned as it
    is typed: a link or a title needs a text.
    """
    return shorten_at_word(" ".join((render_plain(text) or text).split()), length)


def shorten_at_word(text: str, length: int) -> str:
    """Return the beginning of a plain text, at most `length` characters, with an ellipsis if it is cut.

    It is cut between words, or between two characters in a word that is longer than half of `length`.
    """
    short = shorten(text, length)
    if short == text:
        return text
    end = len(short) - len(ELLIPSIS)
    if not text[end].isspace():
        spaces = [match.start() for match in re.finditer(r"\s", text[end // 2 : end])]
        end = end // 2 + spaces[-1] if spaces else end
    return text[:end].rstrip() + ELLIPSIS


def _write(pieces: Iterable[MarkdownPiece], *, has_bullets: bool) -> Iterator[str]:
    """Yield the text of pieces; each block begins a line, and there may be empty lines."""
    numbers: list[int | None] = []  # the next number of each list that is open, None for bullets
    is_line_begun = False  # by an item, whose text begins in the line of its bullet, or by a row of a table
    for piece in pieces:
        match piece:
            case Start(name="List"):
                numbers.append(piece.number)
            case Start(name="Item"):
                yield "\n" + (_build_item_mark(numbers) if has_bullets else "")
            case Start(name="TableCell") if not is_line_begun:
                yield CELL_SEPARATOR
            case Start(name="Paragraph" | "Heading" | "CodeBlock" | "TableHead" | "TableRow") if not is_line_begun:
                yield "\n"
            case End(name="List"):
                numbers.pop()
                yield "\n"
            case Break():
                yield "\n"
            case Text() | Code():
                yield piece.content
        is_line_begun = isinstance(piece, Start) and piece.name in {"Item", "TableHead", "TableRow"}


def _build_item_mark(numbers: list[int | None]) -> str:
    """Return bullet or number of the next item of the innermost list, indented by its depth; counts the number up."""
    number = numbers[-1]
    if number is not None:
        numbers[-1] = number + 1
    return "  " * (len(numbers) - 1) + (BULLET if number is None else f"{number}. ")
