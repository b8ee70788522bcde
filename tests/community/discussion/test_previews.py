"""A preview is made for one reader and one moment: nothing of it stays in the process."""

import uuid

import pytest
from django.test import Client

from community.discussion import comments
from community.discussion.comments import Subject
from skills.text.bounded_texts import BoundedTextCache
from skills.text.markup import markdown
from tests.community.suggestions.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> BoundedTextCache:
    kept = BoundedTextCache(1_000_000)
    monkeypatch.setattr(markdown, "_cache", kept)
    return kept


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_the_preview_of_a_comment_is_not_kept(
    client: Client, world: World, kept: BoundedTextCache, headers: dict[str, str]
) -> None:
    client.force_login(world.author)
    data = {"intent": "preview", "body": "Preview *only*.", "key": str(uuid.uuid4())}
    page = client.post(f"/en/skills/{world.skill.slug}/comments/", data, headers=headers)
    assert "Preview <em>only</em>." in page.text
    assert len(kept) == 0


@pytest.mark.parametrize("intent", ["preview", "check"])
def test_the_preview_of_a_cell_is_not_kept(client: Client, world: World, kept: BoundedTextCache, intent: str) -> None:
    client.force_login(world.author)
    data = {
        "intent": intent, "key": str(uuid.uuid4()), "revision": "1", "cell": "baker/senior",
        "description:baker/senior": "Preview *only*.", "obligation:baker/senior": "mandatory",
    }  # fmt: skip
    page = client.post(f"/en/skills/{world.skill.slug}/suggestions/new/", data)
    assert "Preview <em>only</em>." in page.text
    shown = " ".join(kept._texts.values())
    assert "Preview" not in shown


def test_comments_that_many_read_are_kept(client: Client, world: World, kept: BoundedTextCache) -> None:
    comments.post(world.author, Subject(world.skill), "Read by *many*.", key=uuid.uuid4())
    page = client.get(f"/en/skills/{world.skill.slug}/comments/")
    assert "Read by <em>many</em>." in page.text
    assert list(kept._texts.values()) == ["<p>Read by <em>many</em>.</p>"]
