"""Render Markdown as clean HTML for pages, with links for mentioned people and bare URLs."""

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
"""The memory for rendered texts in one process; all texts of the three frameworks that ship take about 2 MB."""
MAX_MARKS = 500
MAX_STEPS = 20_000
"""The product of the number of "[" and the number of signs: for each "[" the parser searches for its end again,
in the worst case through the whole text, sign by sign.

A text beyond either limit is shown as plain text: no reader needs so many marks, and some mixtures take very long
to parse.
"""
# A character with a meaning in Markdown, or the beginning of a list, quote, heading or table line.
MARK = re.compile(r"[\[\]<*_`~!&\\|\n\t]|^ *(?:[-+>#=]|\d+[.)])", re.MULTILINE)
# A character at which the inline parser stops to look for a rule.
SIGN = re.compile(r"[\n!#$%&*+:<=>@\[\\\]^_`{}~-]")
MENTION = re.compile(r"(?<![\w@/.])@([\w.+-]{0,149}\w)")
"""A mention of a person, "@user.name"; not the second part of a mail address or of a path."""
BARE_URL = re.compile(r"(?<!\w)https?://[^\s<>]*[^\s<>.,;:!?'\"()\[\]{}*_~|]", re.IGNORECASE)
"""A URL written in a text without link syntax; punctuation of the sentence around it does not belong to it."""
LINKABLE = re.compile(f"{BARE_URL.pattern}|{MENTION.pattern}", re.IGNORECASE)

type LinkedPeople = tuple[tuple[str, str], ...]  # user name and URL of each person who may be linked

_markdown = (
    MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["strikethrough", "table"]).disable("image")
)
_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


def _add_links(state: StateCore) -> None:
    """Insert links into the inline tokens of a parsed text; a rule of the parser, which calls it after all others."""
    people: dict[str, str] = state.env.get("people") or {}
    # Most texts have neither mentions to link nor a URL: their tokens stay as they are.
    for block in state.tokens if people or "//" in state.src else ():
        if block.children:
            block.children = list(_insert_links(block.children, people))


def _insert_links(tokens: list[Token], people: dict[str, str]) -> Iterator[Token]:
    """Yield the tokens with mentions and bare URLs as links, except inside a link and in code."""
    depth = 0  # more than 0 inside a link: "link_open" has the nesting 1, "link_close" has -1
    for token in tokens:
        depth += token.nesting if token.type.startswith("link_") else 0
        if token.type == "text" and not depth:
            yield from _split_text(token.content, people)
        else:
            yield token


def _split_text(text: str, people: dict[str, str]) -> Iterator[Token]:
    """Yield the tokens of a text, its mentions and bare URLs as links."""
    end = 0
    for match in LINKABLE.finditer(text):
        url = people.get(match[1]) if match[1] else match[0]  # group 1 is the user name of a mention
        if url:
            yield Token("text", "", 0, content=text[end : match.start()])
            yield Token("link_open", "a", 1, attrs={"href": url})
            yield Token("text", "", 0, content=match[0])
            yield Token("link_close", "a", -1)
            end = match.end()
    yield Token("text", "", 0, content=text[end:])


_markdown.core.ruler.push("links", _add_links)

_cache = BoundedTextCache(CACHE_MAX_BYTES)


def render(text: str, people: LinkedPeople = ()) -> SafeString:
    """Return Markdown as clean HTML: no raw HTML, no images, no headings above h3, links with "nofollow ugc noopener".

    Mentions of one of `people` and bare URLs become links. The result is cached in this process, for texts that
    many will read; use `render_once` for a text that is shown once.
    """
    # A hash instead of the text itself, because keys of the cache must be short.
    key = blake2b(repr((text, people)).encode(), digest_size=20).digest()
    cached = _cache.get(key)
    if isinstance(cached, SafeString):
        return cached
    html = render_once(text, people)
    _cache.keep(key, html)
    return html


def render_once(text: str, people: LinkedPeople = ()) -> SafeString:
    """Return Markdown as `render` does, without caching the result.

    For previews: each is a different text, and would displace one that is read again.
    """
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
    """Return whether a text is beyond `MAX_MARKS` or `MAX_STEPS`, so that parsing it could take too long."""
    marks, signs = len(MARK.findall(text)), len(SIGN.findall(text))
    return marks > MAX_MARKS or text.count("[") * signs > MAX_STEPS


def _render_as_typed(text: str) -> str:
    """Return a text as one escaped paragraph with its line breaks."""
    lines = escape(text).replace("\n", "<br>")
    return f"<p>{lines}</p>"
