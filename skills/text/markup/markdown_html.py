"""Write pieces of Markdown as HTML, with links for mentioned people and bare URLs."""

from collections.abc import Iterable, Iterator, Mapping
from html import escape  # Django's costs more, for lazy and safe texts, which these are not

from django.utils.encoding import iri_to_uri

from skills.text.markup.linking import find_links
from skills.text.markup.markdown_pieces import Break, Code, End, MarkdownPiece, Start, Text

LARGEST_HEADING = 3
"""h1 and h2 belong to the page."""
_HEAD_END = "</tr></thead>\n<tbody>\n"
# What is written at the beginning and at the end of an element, by its name in pulldown-cmark.
_TAGS = {
    "Paragraph": ("<p>", "</p>\n"),
    "BlockQuote": ("<blockquote>\n", "</blockquote>\n"),
    "CodeBlock": ("<pre><code>", "</code></pre>\n"),
    "Item": ("<li>", "</li>\n"),
    "Table": ("<table>\n", "</tbody></table>\n"),
    "TableHead": ("<thead><tr>", _HEAD_END),
    "TableRow": ("<tr>", "</tr>\n"),
    "Emphasis": ("<em>", "</em>"),
    "Strong": ("<strong>", "</strong>"),
    "Strikethrough": ("<s>", "</s>"),
}


def write_html(pieces: Iterable[MarkdownPiece], people: Mapping[str, str]) -> str:
    """Return pieces as HTML in which all text is escaped.

    `people` are the URLs of those who may be linked, by user name folded by `fold_username`.
    """
    return "".join(_Writer(people).write(pieces))


class _Writer:
    """Writes pieces one after the other."""

    def __init__(self, people: Mapping[str, str]) -> None:
        self._people = people
        self._ends: list[str] = []  # what ends each open element

    def write(self, pieces: Iterable[MarkdownPiece]) -> Iterator[str]:
        """Yield the HTML of each piece.

        All text is escaped; only this class writes tags.
        """
        for piece in pieces:
            if isinstance(piece, Text):
                yield self._write_text(piece)
            elif isinstance(piece, Start):
                begin, end = _TAGS.get(piece.name) or self._build_tags(piece)
                self._ends.append(end)
                yield begin
            elif isinstance(piece, End):
                yield self._ends.pop()
            elif isinstance(piece, Code):
                yield f"<code>{escape(piece.content)}</code>"
            else:
                yield "<br>\n" if isinstance(piece, Break) else "<hr>\n"

    def _write_text(self, text: Text) -> str:
        """Return a text with its bare URLs and those of its mentions that may be linked as links."""
        content, end, parts = text.content, 0, []
        # Most texts hold neither.
        may_hold_any = text.may_link and ("://" in content or (self._people and "@" in content))
        for begin, after, username in find_links(content) if may_hold_any else ():
            label = content[begin:after]
            url = label if not username else self._people.get(username, "") if text.may_mention else ""
            if url:
                parts.append(f'{escape(content[end:begin])}<a href="{escape(url)}">{escape(label)}</a>')
                end = after
        return "".join(parts) + escape(content[end:])

    def _build_tags(self, piece: Start) -> tuple[str, str]:
        """Return what is written at the beginning and at the end of an element that `_TAGS` does not hold."""
        match piece.name:
            case "TableCell":
                tag = "th" if self._ends[-1] == _HEAD_END else "td"
                return f"<{tag}>", f"</{tag}>"
            case "Heading":
                tag = f"h{max(piece.number or 0, LARGEST_HEADING)}"
                return f"<{tag}>", f"</{tag}>\n"
            case "List" if piece.number is None:
                return "<ul>\n", "</ul>\n"
            case "List":
                return f'<ol start="{piece.number}">\n' if piece.number != 1 else "<ol>\n", "</ol>\n"
        title = f' title="{escape(piece.title)}"' if piece.title else ""
        return f'<a href="{escape(iri_to_uri(piece.url))}"{title}>', "</a>"
