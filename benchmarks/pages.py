"""Which pages are measured, what is wished of them, and how heavy what they load is."""

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from benchmarks.load import ask

_LINKED = re.compile(r'(?:href|src)="([^"]+\.(?:css|js))"')
_IMPORTED = re.compile(r'@import\s+(?:url\()?"([^"]+\.css)"')

BARE_FILE = "bare.html"
"""Where in the site's folder the bare views find their page."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page to measure. `least_share` is the part of a bare page's speed that it should reach, if any.

    `is_signed_in` says that a member asks for it, who watches the thing and has unread notices.
    """

    name: str
    path: str
    status: int = 200
    least_share: float | None = None
    is_signed_in: bool = False


PROFILE = Page("profile", "/de/skills/experiment-tracking/", least_share=0.30)
BARE = Page("bare page", "/bare/")
BARE_PACKED = Page("bare page, packed before", "/bare-packed/")
PAGES = (
    Page("home", "/de/"),
    PROFILE,
    Page("profile, compared", f"{PROFILE.path}?role=data-scientist&level=middle", least_share=0.30),
    Page("profile, grid", f"{PROFILE.path}?view=grid", least_share=0.30),
    Page("profile, large", "/de/skills/impact/", least_share=0.30),
    Page("profile, signed in", PROFILE.path, least_share=0.20, is_signed_in=True),
    Page("list", "/de/skills/", least_share=0.20),
    Page("search", "/de/skills/?q=track+experiments", least_share=0.20),
    Page("role", "/de/roles/software-engineer/"),
    Page("role, a level", "/de/roles/software-engineer/?level=ic3"),
    Page("domain", "/de/domains/data/"),
    Page("framework", "/de/frameworks/ddat/"),
    Page("history", f"{PROFILE.path}history/"),
    Page("changes", "/de/changes/"),
    Page("not found", "/de/skills/there-is-none/", status=404),
)


def linked_bytes(port: int, path: str) -> dict[str, int]:
    """Return the compressed size of every stylesheet and script that a page loads, by address; raises `PageFailed`."""
    html = ask(port, path, packed=False).body.decode()
    sizes: dict[str, int] = {}
    waiting = _LINKED.findall(html)
    while waiting:
        address = waiting.pop()
        if address in sizes:
            continue
        sizes[address] = len(ask(port, address).body)
        if address.endswith(".css"):
            text = ask(port, address, packed=False).body.decode()
            waiting += [urljoin(address, found) for found in _IMPORTED.findall(text)]
    return sizes
