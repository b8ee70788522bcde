"""A reader of the site in a real browser, and what a test asks about what they see."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.utils.translation import gettext, override
from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response

type Theme = str  # "light" or "dark", as prefers-color-scheme has them

THEMES: tuple[Theme, ...] = ("light", "dark")

# Asked for by tag, so that rules which axe leaves out by default, such as the size of targets, are asked as well.
# Without "preload", for which axe fetches style sheets again and gets the address of an imported one wrong.
ALL_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# What htmx says of a request that a later choice took the place of.
ABORTED = ("htmx:afterRequest", "htmx:sendAbort")
CUT_OFF = ("htmx:sendError", "htmx:timeout", "Failed to load resource")
# What can be read on a control, also if a screen reader skips it, and is not in the control's name: WCAG 2.5.3.
# axe-core compares letters, so that "BA" counts as part of "Bela Adam"; here whole words are compared.
CONTROLS_WITH_ANOTHER_NAME = """() => {
  const words = (text) => text.toLowerCase().split(/\\s+/)
    .map((word) => word.replace(/^[^\\p{L}\\p{N}+−]+|[^\\p{L}\\p{N}+]+$/gu, "")).filter(Boolean).join(" ");
  const read = (element, isLeftOut) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) if (!isLeftOut(walker.currentNode.parentElement)) texts.push(walker.currentNode.data);
    return words(texts.join(" "));
  };
  const isUnseen = (part) => part.closest(".visually-hidden, svg, select, textarea") || !part.checkVisibility();
  const name = (control) => {
    const ids = (control.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean);
    if (ids.length) return words(ids.map((id) => document.getElementById(id).textContent).join(" "));
    if (control.hasAttribute("aria-label")) return words(control.getAttribute("aria-label"));
    return [control, ...(control.labels ?? [])]
      .map((part) => read(part, (inner) => inner.closest("[aria-hidden=true]"))).join(" ");
  };
  return [...document.querySelectorAll("a[href], button, summary, input, select, textarea")]
    .filter((control) => control.checkVisibility() && !control.closest(".not-for-people"))
    .map((control) => [control, [control, ...(control.labels ?? [])].map((part) => read(part, isUnseen)).join(" ")])
    .filter(([control, seen]) => seen.trim() && !` ${name(control)} `.includes(` ${seen.trim()} `))
    .map(([control, seen]) => `"${seen}" is named "${name(control)}": ${control.outerHTML}`);
}"""
RULES_OF_COLOUR = ("color-contrast", "link-in-text-block")
AXE_OPTIONS = {"preload": False, "resultTypes": ["violations"]}


@dataclass(frozen=True)
class Device:
    """The device that someone reads with."""

    width: int
    height: int
    has_touch: bool = False


PHONE = Device(390, 844, has_touch=True)
DESKTOP = Device(1440, 900)


@dataclass
class Reader:
    """One page of one browser; `faults` holds what no reader may ever cause.

    With `is_cut_off`, requests may fail on their way and a proxy may answer them.
    """

    page: Page
    site: str
    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    is_cut_off: bool = False
    _refused: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(f"error in a script: {error}"))
        self.page.on("request", self._note)
        self.page.on("response", self._judge)

    def go(self, path: str, status: int = HTTPStatus.OK) -> None:
        """Open an address of the site, which must answer with `status`."""
        if status != HTTPStatus.OK:
            self.refuses(path)
        response = self.page.goto(self.site + path)
        assert response is not None
        assert response.status == status

    def refuses(self, path: str) -> None:
        """Say that the site is to refuse this address, of which the browser's console then speaks."""
        self._refused.add(self.site + path)

    @property
    def path(self) -> str:
        """Where the reader is, with the query."""
        return self.page.url.removeprefix(self.site)

    def word(self, english: str) -> str:
        """Return how the page, in its language, says something."""
        with override(self.page.locator("html").get_attribute("lang") or "en"):
            return gettext(english)

    def button(self, english: str) -> Locator:
        """Return the button of this name."""
        return self.page.get_by_role("button", name=self.word(english), exact=True)

    def link(self, name: str) -> Locator:
        """Return the link of this name, which is not translated."""
        return self.page.get_by_role("link", name=name, exact=True)

    def search_field(self) -> Locator:
        """Return the field for a search that the reader sees."""
        return self.page.get_by_role("searchbox", name=self.word("Search skills"), exact=True)

    def choose_level(self, name: str) -> None:
        """Choose the level one has today, at its step."""
        self.page.get_by_role("group", name=self.word("Current level")).get_by_text(name, exact=True).click()

    def uses_theme(self, theme: Theme) -> None:
        """Let the reader's system be light or dark from now on."""
        self.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")

    def accessibility_faults(self, rules: Sequence[str] = ALL_RULES) -> list[str]:
        """Return what axe-core finds wrong with the page as it is now."""
        options = {**AXE_OPTIONS, "runOnly": list(rules)}
        found: list[dict[str, Any]] = Axe().run(self.page, options=options).response["violations"]
        misnamed: list[str] = self.page.evaluate(CONTROLS_WITH_ANOTHER_NAME)
        return [
            f"{self.path}: {rule['id']} at {node['target']}: {node['failureSummary']}"
            for rule in found
            for node in rule["nodes"]
        ] + misnamed

    def overhang(self) -> int:
        """Return by how many pixels the page itself can be scrolled sideways."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

    def _hear(self, message: ConsoleMessage) -> None:
        expected = (*ABORTED, *CUT_OFF) if self.is_cut_off else ABORTED
        is_expected = message.text.startswith(expected) or (
            message.text.startswith("Failed to load resource") and message.location["url"] in self._refused
        )
        if message.type in {"error", "warning"} and not is_expected:
            self.faults.append(f"console: {message.text}")

    def _note(self, request: Request) -> None:
        self.requests.append(request.url)
        if urlsplit(request.url).scheme in {"http", "https"} and not request.url.startswith(f"{self.site}/"):
            self.faults.append(f"asked another host: {request.url}")

    def _judge(self, response: Response) -> None:
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not self.is_cut_off:
            self.faults.append(f"status {response.status}: {response.url}")
