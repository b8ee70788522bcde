"""Take the screenshots of docs/screenshots from the demo site: `make demo`, then `python scripts/screenshots.py`.

The URL of the demo site may be given as an argument; Debian's chromium takes the screenshots.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ViewportSize, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"


@dataclass(frozen=True)
class Picture:
    """A screenshot: page, size in pixels, theme, and the user who is signed in (nobody if empty).

    `link_selector` chooses a link that is followed first, `top_selector` the element at the top of the picture.
    """

    name: str
    path: str
    width: int = 1280
    height: int = 1000
    theme: Literal["light", "dark"] = "light"
    user_name: str = ""
    top_selector: str = ""
    link_selector: str = ""


PICTURES = (
    Picture("profile-light", "/de/skills/experiment-tracking/?role=mlops-engineer&level=middle&tab=senior"),
    Picture("grid-dark", "/en/skills/experiment-tracking/?view=grid", theme="dark", top_selector="#expectations"),
    Picture("search-light", "/en/skills/?q=data+govern", height=900),
    Picture(
        "phone-dark",
        "/de/skills/experiment-tracking/?role=data-scientist&level=middle",
        *(390, 844, "dark"),
        top_selector="#use-title",
    ),
    Picture("talk-light", "/de/skills/experiment-tracking/comments/", user_name="mira", top_selector="h1"),
    Picture(
        "review-light", "/de/review/", user_name="sofia", height=900, link_selector=".review-list li:nth-child(5) a"
    ),
    Picture("moderation-dark", "/de/moderation/", user_name="noor", theme="dark", height=900),
)


def main() -> None:
    """Take all screenshots again."""
    site = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for picture in PICTURES:
            _take_picture(browser, site, picture)


def _take_picture(browser: Browser, site: str, picture: Picture) -> None:
    """Sign in if needed, open the page, and write the screenshot to docs/screenshots."""
    size: ViewportSize = {"width": picture.width, "height": picture.height}
    page = browser.new_context(viewport=size, color_scheme=picture.theme, locale="de-DE").new_page()
    if picture.user_name:
        page.goto(f"{site}/de/accounts/login/")
        page.locator("input[name=login]").fill(f"{picture.user_name}@stufenplan.example")
        page.locator("input[name=password]").fill("try-stufenplan")  # printed by `make demo`
        page.locator("main button[type=submit]").first.click()
        page.wait_for_url("**/me/")
    page.goto(site + picture.path, wait_until="networkidle")
    if picture.link_selector:
        page.goto(f"{site}{page.locator(picture.link_selector).first.get_attribute('href')}", wait_until="networkidle")
    if picture.top_selector:
        # "instant": the picture would be taken in the middle of a smooth scroll.
        page.locator(picture.top_selector).first.evaluate('element => element.scrollIntoView({ behavior: "instant" })')
    page.screenshot(path=FOLDER / f"{picture.name}.png")


if __name__ == "__main__":
    main()
