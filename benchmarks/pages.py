"""Which pages are measured, what is wished of them, and how heavy what they load is."""

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from benchmarks.load import fetch

_LINKED = re.compile(r'(?:href|src)="([^"]+\.(?:css|js))"')
_IMPORTED = re.compile(r'@import\s+(?:url\()?"([^"]+\.css)"')

BARE_FILE = "bare.html"
"""Where in the site's folder the bare views find their page."""


@dataclass(frozen=True, slots=True)
class MeasuredPage:
    """A page to measure. `least_share` is the part of a bare page's speed that it should reach, if any.

    `is_signed_in` says that a member asks for it, who watches the thing and has unread notices.
    """

    name: str
    path: str
    status: int = 200
    min_share: float | None = None
    is_signed_in: bool = False


PROFILE = MeasuredPage("profile", "/de/skills/experiment-tracking/", min_share=0.30)
BARE = MeasuredPage("bare page", "/bare/")
BARE_COMPRESSED = MeasuredPage("bare page, packed before", "/bare-packed/")
PAGES = (
    MeasuredPage("home", "/de/"),
    PROFILE,
    MeasuredPage("profile, compared", f"{PROFILE.path}?role=data-scientist&level=middle", min_share=0.30),
    MeasuredPage("profile, grid", f"{PROFILE.path}?view=grid", min_share=0.30),
    MeasuredPage("profile, large", "/de/skills/impact/", min_share=0.30),
    MeasuredPage("profile, signed in", PROFILE.path, min_share=0.20, is_signed_in=True),
    MeasuredPage("list", "/de/skills/", min_share=0.20),
    MeasuredPage("search", "/de/skills/?q=track+experiments", min_share=0.20),
    MeasuredPage("role", "/de/roles/software-engineer/"),
    MeasuredPage("role, a level", "/de/roles/software-engineer/?level=ic3"),
    MeasuredPage("domain", "/de/domains/data/"),
    MeasuredPage("framework", "/de/frameworks/ddat/"),
    MeasuredPage("history", f"{PROFILE.path}history/"),
    MeasuredPage("changes", "/de/changes/"),
    MeasuredPage("not found", "/de/skills/there-is-none/", status=404),
)


def get_linked_sizes(port: int, path: str) -> dict[str, int]:
    """Return the compressed size of every stylesheet and script that a page loads, by address; raises `PageFailed`."""
    html = fetch(port, path, accept_gzip=False).body.decode()
    sizes: dict[str, int] = {}
    waiting = _LINKED.findall(html)
    while waiting:
        address = waiting.pop()
        if address in sizes:
            continue
        sizes[address] = len(fetch(port, address).body)
        if address.endswith(".css"):
            text = fetch(port, address, accept_gzip=False).body.decode()
            waiting += [urljoin(address, found) for found in _IMPORTED.findall(text)]
    return sizes
