"""Parse Markdown into pieces: beginnings and ends of elements, texts, breaks. HTML, plain text and mentions use them.

The parser is pulldown-cmark, whose time grows linearly with the text. Raw HTML is ordinary text here, images are links,
and footnotes are shown as typed. Elements nested deeper than `MAX_DEPTH` are left out, their content stays: programs
that read HTML take long for deep nesting.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pyromark
from pyromark import Options

MAX_DEPTH = 20
"""The deepest nesting of lists and quotations, and of emphasis."""
MAX_TITLE_LENGTH = 300  # characters: many links can have the title of one reference
MAX_CELLS = 9_000
"""The most cells of tables, where each row counts as `ROW_CELLS` more. 10,000 characters typed in full rows have fewer.

The parser completes short rows, so a wide header makes many cells of little text.
"""
ROW_CELLS = 2
SCHEMES = {"http", "https", "mailto"}
"""What a link may open; the target of any other is shown as text."""

# What people and other programs use as line ends, besides "\n", which is all that CommonMark knows.
_LINE_END = re.compile("\r\n|[\r\v\f\x85\u2028]")
_PARAGRAPH_SEPARATOR = "\u2029"
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*(?=:)", re.IGNORECASE)
# Any "<" except that of an address, "<https://…>" or "<a@b.c>", that of a link target, "](<…", and "\<".
_HTML_START = re.compile(
    r"<(?![a-z][a-z0-9+.-]{1,31}:[^\s<>]*>|[^\s<>@]{1,64}@[^\s<>@]{1,255}>)(?<!\\<)(?<!\]\(<)", re.IGNORECASE
)
# Rare punctuation: the first that a text does not contain replaces its "<" while it is parsed. It is punctuation as
# "<" is, because a "*" beside punctuation begins emphasis in other places than beside a letter.
_SUBSTITUTES = "⸽⸾⹀⹆⹇⹈⹉⹊⹋⹌"

_OPTIONS = Options.ENABLE_STRIKETHROUGH | Options.ENABLE_FOOTNOTES
# What is counted while it is open, by its name in pulldown-cmark.
_GROUPS = {
    **dict.fromkeys(("Emphasis", "Strong", "Strikethrough"), ("emphasis",)),
    **dict.fromkeys(("Link", "Image", "CodeBlock"), ("link",)),
    "BlockQuote": ("container", "quotation"),
    "List": ("container",),
}


class Start(NamedTuple):
    """The beginning of an element: its name in pulldown-cmark, such as "Paragraph", "Emphasis" or "Link".

    `number` is the level of a heading, or the first number of an ordered list; `url` and `title` are those of a link.
    """

    name: str
    number: int | None = None
    url: str = ""
    title: str = ""


class End(NamedTuple):
    """The end of the element of this name."""

    name: str


class Text(NamedTuple):
    """A text in an element. It may hold links only outside links and code, and mentions only outside quotations too."""

    content: str
    may_link: bool = False
    may_mention: bool = False


class Code(NamedTuple):
    """Code within a line."""

    content: str


class Break(NamedTuple):
    """The end of a line within an element."""


class ThematicBreak(NamedTuple):
    """A horizontal rule."""


type MarkdownPiece = Start | End | Text | Code | Break | ThematicBreak

# Elements without data that may be at any depth: with their pieces at the beginning and at the end.
_PLAIN_ELEMENTS: Mapping[str, tuple[Sequence[MarkdownPiece], Sequence[MarkdownPiece]]] = {
    name: ((Start(name),), (End(name),)) for name in ("Paragraph", "TableCell", "TableRow")
}


def parse(text: str) -> Iterator[MarkdownPiece]:
    """Yield the pieces of a Markdown text in their order; every `Start` has its `End`.

    Line ends of all systems, and those of Unicode, are the same. The time is linear in the length of the text.
    """
    source = _LINE_END.sub("\n", text).replace(_PARAGRAPH_SEPARATOR, "\n\n")
    substitute = next((sign for sign in _SUBSTITUTES if sign not in source), "") if "<" in source else ""
    if substitute:
        source = _HTML_START.sub(substitute, source)
    options = _OPTIONS if _needs_many_cells(source) else _OPTIONS | Options.ENABLE_TABLES
    return _Converter(substitute).convert(pyromark.events(source, options=options))


def _needs_many_cells(source: str) -> bool:
    """Return whether tables could have more than `MAX_CELLS`: columns of the widest line, for each line."""
    if (source.count("|") + ROW_CELLS) * (source.count("\n") + 1) <= MAX_CELLS:
        return False
    blocks = (block.split("\n") for block in _BLANK_LINE.split(source) if "|" in block)  # a table ends at a blank line
    return sum(len(lines) * (max(map(_count_columns, lines)) + ROW_CELLS) for lines in blocks) > MAX_CELLS


def _count_columns(line: str) -> int:
    """Return how many cells a line of a table has; it may be in a quotation."""
    return line.strip("|> \t").count("|") + 1


class _Converter:
    """Turns the events of pulldown-cmark into pieces, and keeps track of the elements that are open.

    An event is a text such as "SoftBreak", or a dict of one name and its data; so is the element that it begins.
    """

    def __init__(self, substitute: str) -> None:
        self._substitute = substitute  # of "<", '' for none
        self._ends: list[
            tuple[str, Sequence[MarkdownPiece]]
        ] = []  # name of each open element, and the pieces at its end
        self._depths = dict.fromkeys(("container", "quotation", "emphasis", "link"), 0)
        self._label = ""  # of a footnote whose first paragraph has not begun yet

    def convert(self, events: Iterable[Any]) -> Iterator[MarkdownPiece]:
        """Yield the pieces of all events.

        `events` come from pyromark, which yields them while it reads the text.
        """
        for event in events:
            if isinstance(event, str):
                yield ThematicBreak() if event == "Rule" else Break()
                continue
            ((name, data),) = event.items()
            if name == "Start":
                yield from self._begin(data)
            elif name == "End":
                yield from self._end()
            elif name == "Code":
                yield Code(self._restore(data))
            elif name == "FootnoteReference":
                yield Text(f"[^{self._restore(data)}]")
            else:  # text, or HTML whose "<" was not replaced
                may_link = not self._depths["link"]
                yield Text(self._restore(data), may_link, may_link and not self._depths["quotation"])

    def _begin(self, element: Any) -> Sequence[MarkdownPiece]:
        """Return the pieces at the beginning of an element, and store those of its end."""
        ((name, data),) = ((element, ""),) if isinstance(element, str) else element.items()
        if name in _PLAIN_ELEMENTS and not self._label:  # the fast way for most
            before, after = _PLAIN_ELEMENTS[name]
            self._ends.append((name, after))
            return before
        before, after = self._build_pieces("Paragraph" if name == "HtmlBlock" else name, data)
        if self._label and name == "Paragraph":
            before = (*before, Text(f"{self._label} "))
        elif self._label:
            before = (*self._build_label(), *before)
        self._label = f"[^{self._restore(data)}]:" if name == "FootnoteDefinition" else ""
        self._ends.append((name, after))
        for group in _GROUPS.get(name, ()):
            self._depths[group] += 1
        return before

    def _end(self) -> Sequence[MarkdownPiece]:
        """Return the pieces at the end of the element that began last."""
        name, pieces = self._ends.pop()
        for group in _GROUPS.get(name, ()):
            self._depths[group] -= 1
        if name == "FootnoteDefinition" and self._label:
            pieces, self._label = self._build_label(), ""
        return pieces

    def _build_pieces(self, name: str, data: Any) -> tuple[Sequence[MarkdownPiece], Sequence[MarkdownPiece]]:
        """Return the pieces at the beginning and at the end of an element; those of its content come in between."""
        depth = self._depths["container"]
        if name in {"Link", "Image"}:
            return self._build_link(name, data)
        if name == "Item" and depth > MAX_DEPTH:
            return (), (Break(),)
        groups = _GROUPS.get(name, ())
        if name == "FootnoteDefinition" or any(self._depths[group] >= MAX_DEPTH for group in groups):
            return (), ()
        number = int(data["level"][1:]) if name == "Heading" else data if name == "List" else None
        return (Start(name, number),), (End(name),)

    def _build_link(self, name: str, data: Any) -> tuple[Sequence[MarkdownPiece], Sequence[MarkdownPiece]]:
        """Return the pieces at the beginning and at the end of a link, or of an image, which becomes "!" and a link."""
        kind, url = data["link_type"], self._restore(data["dest_url"])
        before: Sequence[MarkdownPiece] = (Text("!"),) if name == "Image" else ()
        scheme = _SCHEME.match(url)
        if self._depths["link"]:  # a link contains no other
            return (), ()
        if kind == "Email":
            url = f"mailto:{url}"
        elif scheme and scheme[0].lower() not in SCHEMES:
            return ((Text("<"),), (Text(">"),)) if kind == "Autolink" else (before, (Text(f" ({url})"),))
        return (*before, Start("Link", url=url, title=self._restore(data["title"])[:MAX_TITLE_LENGTH])), (End("Link"),)

    def _build_label(self) -> Sequence[MarkdownPiece]:
        return Start("Paragraph"), Text(self._label), End("Paragraph")

    def _restore(self, text: str) -> str:
        """Return a text with its "<" instead of the substitute."""
        return text.replace(self._substitute, "<") if self._substitute else text
