"""The title of the window after htmx has put a part of a page into it."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from tests.community.suggestions.world import World, make_world

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def titles_of(html: str) -> list[str]:
    """Return the titles outside of pictures, with single spaces as browsers show them."""
    found = BeautifulSoup(html, "html.parser").find_all("title")
    return [" ".join(title.get_text().split()) for title in found if title.find_parent("svg") is None]


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/en/roles/baker/", "Baker · Stufenplan"),
        ("/en/roles/baker/?level=junior", "Baker · Junior · Stufenplan"),
        ("/en/skills/?q=Bread", "“Bread” in all skills · Stufenplan"),
        ("/en/skills/?q=<b>", "“<b>” in all skills · Stufenplan"),
        ("/en/skills/", "All skills · Stufenplan"),
        ("/en/skills/{skill}/?view=grid", "{name} · Stufenplan"),
        ("/en/skills/{skill}/history/1/?obligation=mandatory", "{name}, revision 1 · Stufenplan"),
        ("/en/changes/?significance=small", "Recent changes · Stufenplan"),
        ("/en/suggestions/?state=open", "Suggestions · Stufenplan"),
        ("/en/review/?filter=mine", "Review · Stufenplan"),
        ("/en/review/{suggestion}/", "Review #{suggestion} · Stufenplan"),
    ],
)
def test_part_has_the_title_of_the_page_at_its_address(client: Client, world: World, path: str, title: str) -> None:
    names = {"skill": world.skill.slug, "name": world.skill.name, "suggestion": world.suggested().pk}
    client.force_login(world.reviewer)
    page, part = (client.get(path.format(**names), headers=headers).text for headers in ({}, HTMX))
    assert "<html" not in part
    assert titles_of(page) == titles_of(part) == [title.format(**names)]
    assert part.lstrip().startswith("<title>")  # htmx finds it only at the top
