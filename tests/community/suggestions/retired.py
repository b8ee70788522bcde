"""Shared by tests of what happens to suggestions when their skill is retired, merged into another, or restored."""

from bs4 import BeautifulSoup
from django.test import Client

from skills import revisions
from skills.content.changes import Change, Field
from skills.models import Revision, Skill
from tests.community.suggestions.world import World
from tests.factories import make_skill


def change_status(world: World, before: str, after: str) -> Revision:
    """Publish another status of the world's skill, as a reviewer does who reverts a change."""
    revision = revisions.publish(
        world.skill, [Change(Field.STATUS, before, after)], author=None, origin=Revision.Origin.REVERT
    )
    world.skill.refresh_from_db()
    return revision


def retire(world: World) -> None:
    change_status(world, "current", "retired")


def merge(world: World, name: str = "Roasting") -> Skill:
    """Return the skill that the world's skill is merged into; it requires nothing."""
    successor = make_skill(world.skill.group, name)
    change_status(world, "current", f"same-as/{successor.key}")
    return successor


def restore(world: World, before: str = "retired") -> None:
    change_status(world, before, "current")


def get_words(client: Client, path: str, selector: str = "main", status: int = 200) -> str:
    """Return the visible words of a part of a page."""
    response = client.get(path)
    assert response.status_code == status
    return join_words(response.content, selector)


def join_words(content: bytes, selector: str = "main") -> str:
    page = BeautifulSoup(content, "html.parser")
    return " ".join(" ".join(element.get_text().split()) for element in page.select(selector))
