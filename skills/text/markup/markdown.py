"""Render Markdown as clean HTML for pages, with links for mentioned people and bare URLs."""

from hashlib import blake2b

import nh3
from django.utils.safestring import SafeString, mark_safe

from skills.text.bounded_texts import BoundedTextCache
from skills.text.markup.linking import find_links
from skills.text.markup.markdown_html import write_html
from skills.text.markup.markdown_pieces import SCHEMES, Text, parse

CACHE_MAX_BYTES = 8 * 1024 * 1024
"""The memory for rendered texts in one process; all texts of the three frameworks that ship take about 2 MB."""

type LinkedPeople = tuple[tuple[str, str], ...]  # folded user name and URL of each person who may be linked

_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


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
    html = write_html(parse(text), dict(people)).strip()
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes=SCHEMES,
        link_rel="nofollow ugc noopener",
    )
    return mark_safe(clean)  # noqa: S308 - nh3 has just cleaned it


def list_mentions(text: str) -> list[str]:
    """Return the user names, folded by `fold_username`, whose mentions `render` links if they are among the people.

    Each is listed once, in the order of the text. Mentions in code, links and quotations are none.
    """
    # Only a text with "@", or with a character reference that may mean one, can mention people.
    pieces = parse(text) if "@" in text or "&" in text else ()
    texts = (piece.content for piece in pieces if isinstance(piece, Text) and piece.may_mention)
    names = (username for content in texts for _begin, _end, username in find_links(content) if username)
    return list(dict.fromkeys(names))  # a set would lose the order
