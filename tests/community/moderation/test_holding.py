"""What new members write is held for review where it has many links, or a word of the administrators' list."""

import pytest
from django.test import Client
from django.utils import timezone

from community.drafting import drafts
from community.events import fanout
from community.models import Act, Notification, Suggestion, Watch, WatchedWord
from tests.community.moderation.test_reports import browser_of, decide, get_notified_actions, make_moderator
from tests.community.suggestions.world import World
from tests.factories import make_user

LINKS = "See https://a.example, http://b.example and www.c.example."


def suggested(world: World, reason: str) -> Suggestion:
    draft = drafts.start(world.author, world.skill, [world.kneading()], reason=reason)
    return drafts.submit(draft, world.author, confirmed=True)


@pytest.mark.parametrize(
    ("reason", "is_held"),
    [
        (LINKS, True),
        ("See https://a.example and http://b.example.", False),
        ("Cheap CASINO here", True),
        ("Clearer.", False),
    ],
)
def test_many_links_and_watched_words_are_held(world: World, reason: str, is_held: bool) -> None:
    WatchedWord.objects.create(text="casino")
    suggestion = suggested(world, reason)
    assert (suggestion.held_at is not None) == is_held
    assert Client().get(f"/en/suggestions/{suggestion.pk}/").status_code == (404 if is_held else 200)
    assert Act.objects.filter(kind="held", actor_id=None, target_id=suggestion.pk).count() == is_held


def test_who_is_new_no_more_is_not_held(world: World) -> None:
    known = {"skill": world.skill, "author": world.author, "state": "accepted", "reason": "x"}
    for _ in range(5):
        Suggestion.objects.create(submitted_at=timezone.now(), **known)
    assert suggested(world, LINKS).held_at is None


def test_people_are_notified_only_once_it_is_released(world: World) -> None:
    watcher = make_user()
    Watch.objects.create(user=watcher, skill=world.skill)
    suggestion, moderator = suggested(world, LINKS), browser_of(make_moderator())
    fanout.notify_of_unfinished_events()
    assert not Notification.objects.exists()
    assert "held for review" in moderator.get("/en/moderation/").text
    assert "Moderators look at this" in browser_of(world.author).get(f"/en/suggestions/{suggestion.pk}/").text
    assert decide(moderator, "suggestion", suggestion.pk, "release").status_code == 302
    assert decide(moderator, "suggestion", suggestion.pk, "release").status_code == 409
    assert get_notified_actions(watcher) == ["first"]
    assert get_notified_actions(world.author) == ["released"]
    assert Client().get(f"/en/suggestions/{suggestion.pk}/").status_code == 200


def test_links_put_in_afterwards_are_held_too(world: World) -> None:
    suggestion = suggested(world, "Clearer.")
    drafts.save(suggestion, world.author, [world.kneading()], reason=LINKS)
    suggestion.refresh_from_db()
    assert suggestion.held_at


def test_administrators_keep_the_list_of_words(admin_site: Client) -> None:
    assert admin_site.post("/admin/community/watchedword/add/", {"text": "casino"}).status_code == 302
    assert WatchedWord.objects.get().text == "casino"
