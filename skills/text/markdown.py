"""Markdown as pages show it."""

import re
from collections.abc import Iterator
from hashlib import blake2b

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from skills.text.bounded_texts import BoundedTextCache

CACHE_MAX_BYTES = 8 * 1024 * 1024
"""What rendered texts may take in one process; all texts of the three frameworks that ship take about two megabytes."""
MAX_MARKS = 500
MAX_STEPS = 20_000
"""For each "[" an end is looked for anew, in the worst case in the whole text, sign by sign.

A text beyond either is shown as it was typed: no reader needs so many marks, and some mixtures take long to read.
"""
MARK = re.compile(r"[\[\]<*_`~!&\\|\n\t]|^ *(?:[-+>#=]|\d+[.)])", re.MULTILINE)
SIGN = re.compile(r"[\n!#$%&*+:<=>@\[\\\]^_`{}~-]")
MENTION = re.compile(r"(?<![\w@/.])@([\w.+-]{0,149}\w)")
"""Names somebody in a text."""
BARE_URL = re.compile(r"(?<!\w)https?://[^\s<>]*[^\s<>.,;:!?'\"()\[\]{}*_~|]", re.IGNORECASE)
"""An address that stands in a text by itself; signs of the sentence around it are none of it."""
LINKABLE = re.compile(f"{BARE_URL.pattern}|{MENTION.pattern}", re.IGNORECASE)

type LinkedPeople = tuple[tuple[str, str], ...]  # user name and address of each who may be linked

_markdown = (
    MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["strikethrough", "table"]).disable("image")
)
_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


def _add_links(state: StateCore) -> None:
    people: dict[str, str] = state.env.get("people") or {}
    for block in state.tokens if people or "//" in state.src else ():
        if block.children:
            block.children = list(_insert_links(block.children, people))


def _insert_links(tokens: list[Token], people: dict[str, str]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        depth += token.nesting if token.type.startswith("link_") else 0
        if token.type == "text" and not depth:
            yield from _split_text(token.content, people)
        else:
            yield token


def _split_text(text: str, people: dict[str, str]) -> Iterator[Token]:
    end = 0
    for found in LINKABLE.finditer(text):
        address = people.get(found[1]) if found[1] else found[0]
        if address:
            yield Token("text", "", 0, content=text[end : found.start()])
            yield Token("link_open", "a", 1, attrs={"href": address})
            yield Token("text", "", 0, content=found[0])
            yield Token("link_close", "a", -1)
            end = found.end()
    yield Token("text", "", 0, content=text[end:])


_markdown.core.ruler.push("links", _add_links)


_cache = BoundedTextCache(CACHE_MAX_BYTES)


def render(text: str, people: LinkedPeople = ()) -> SafeString:
    """Return Markdown as clean HTML: no raw HTML, no images, no headings above h3, links that pass nothing on.

    Where a text mentions one of `people`, that is a link, as is an address that stands there by itself.
    The result is kept, for what many will read; `render_once` is for what is shown once.
    """
    key = blake2b(repr((text, people)).encode(), digest_size=20).digest()
    kept = _cache.get(key)
    if isinstance(kept, SafeString):
        return kept
    html = render_once(text, people)
    _cache.keep(key, html)
    return html


def render_once(text: str, people: LinkedPeople = ()) -> SafeString:
    """Return Markdown as `render` does and keep nothing of it: for previews, of which every one is another text."""
    html = _render_as_typed(text) if _is_too_complex(text) else _markdown.render(text, {"people": dict(people)}).strip()
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener",
    )
    return mark_safe(clean)  # noqa: S308 - nh3 has just cleaned it


def _is_too_complex(text: str) -> bool:
    marks, signs = len(MARK.findall(text)), len(SIGN.findall(text))
    return marks > MAX_MARKS or text.count("[") * signs > MAX_STEPS


def _render_as_typed(text: str) -> str:
    lines = escape(text).replace("\n", "<br>")
    return f"<p>{lines}</p>"
