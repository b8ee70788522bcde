"""The pages that are measured, their targets, and the size of the files they load."""

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from benchmarks.load import fetch

# Style sheets and scripts in the HTML of a page; style sheets that a style sheet imports.
_LINKED = re.compile(r'(?:href|src)="([^"]+\.(?:css|js))"')
_IMPORTED = re.compile(r'@import\s+(?:url\()?"([^"]+\.css)"')

BARE_FILE = "bare.html"
"""Name of the file in the site's folder that the bare views return."""


@dataclass(frozen=True, slots=True)
class MeasuredPage:
    """A page to measure. `min_share` is the target: the part of a bare page's speed that it should reach.

    With `is_signed_in` a member requests the page, who watches its skill and has unread notices.
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
    """Return the compressed size in bytes of every style sheet and script that a page loads, by URL.

    Imports of style sheets are followed. Raises `PageFailed`.
    """
    html = fetch(port, path, accept_gzip=False).body.decode()
    sizes: dict[str, int] = {}
    pending = _LINKED.findall(html)
    while pending:
        url = pending.pop()
        if url in sizes:
            continue
        sizes[url] = len(fetch(port, url).body)
        if url.endswith(".css"):
            text = fetch(port, url, accept_gzip=False).body.decode()
            pending += [urljoin(url, imported_url) for imported_url in _IMPORTED.findall(text)]
    return sizes
