"""A suspended person reads, and writes nothing; sees why and until when, at once and everywhere."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.utils import timezone, translation

from accounts.models import User
from community.models import Vote, Watch
from community.posting.guard import ALLAUTH_VIEW_PREFIXES, ALLOWED_WHILE_SUSPENDED
from community.watching.views import PENDING_WATCH_KEY
from tests.community.suggestions.world import World
from tests.factories import make_user

pytestmark = pytest.mark.django_db
WHY = "Advertising in 12 comments."
KINDS = {"int": "1", "slug": "watch", "str": "some", "path": "some", "uuid": "5e1f7f16-3a62-4a0e-8f36-26f2f2c3e1aa"}


def suspended(person: User, days: int = 3) -> User:
    person.suspended_until, person.suspension_reason = timezone.now() + timedelta(days=days), WHY
    person.save(update_fields=["suspended_until", "suspension_reason"])
    return person


def pages(found: list[URLPattern | URLResolver] | None = None, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield every address of the site with the name of its view, but for the admin's, with anything in its place."""
    for each in get_resolver().url_patterns if found is None else found:
        path = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from pages(each.url_patterns, path)
        elif not ({"<path:", "<kind_with_feed:"} & set(re.findall(r"<\w+:", path))) and "(?" not in path:
            for kind, value in KINDS.items():
                while f"<{kind}:" in path:
                    start = path.index(f"<{kind}:")
                    path = path[:start] + value + path[path.index(">", start) + 1 :]
            yield f"/{path}", resolve(f"/{path}").view_name


with translation.override("de"):
    PAGES = sorted(set(pages()))


def test_walk_finds_the_pages() -> None:
    names = {name for _path, name in PAGES}
    assert len(names) > 150
    assert names > ALLOWED_WHILE_SUSPENDED
    assert names > {"community:suggestion_vote", "community:review_accept", "accounts:settings", "admin:index"}


@pytest.mark.parametrize(("path", "name"), PAGES, ids=[f"{name} {path}" for path, name in PAGES])
def test_nothing_takes_what_a_suspended_person_sends(path: str, name: str, client: Client) -> None:
    person = suspended(make_user(is_staff=True, is_superuser=True))
    client.force_login(person)
    answer = client.post(path, {"text": "Words that were typed with some care."})
    is_refused = answer.status_code == 403 and WHY in answer.content.decode()
    assert is_refused != (name in ALLOWED_WHILE_SUSPENDED or name.startswith(ALLAUTH_VIEW_PREFIXES))


@pytest.mark.parametrize(("language", "words"), [("de", r"bis \d"), ("en", r"until \d")])
def test_the_page_says_why_and_until_when_and_gives_the_text_back(language: str, words: str, client: Client) -> None:
    client.force_login(suspended(make_user()))
    answer = client.post(f"/{language}/me/settings/", {"name": "A name that I thought of for a long time"})
    assert answer.status_code == 403
    assert WHY in answer.text
    assert re.search(words, answer.text.partition("<h1")[2])  # not only in the line at the top of every page
    assert "A name that I thought of for a long time" in answer.text


def test_every_session_knows_it_at_the_next_request_and_is_free_at_the_end(world: World) -> None:
    here, there = Client(), Client()
    suggestion = world.suggested()
    person = make_user()
    for each in (here, there):
        each.force_login(person)
        each.get("/en/me/")
    suspended(person)
    for each in (here, there):
        assert each.post(f"/en/suggestions/{suggestion.pk}/vote/", {"value": "1"}).status_code == 403
        assert each.get(f"/en/suggestions/{suggestion.pk}/").status_code == 200
    assert not Vote.objects.exists()
    User.objects.filter(pk=person.pk).update(suspended_until=timezone.now())
    assert here.post(f"/en/suggestions/{suggestion.pk}/vote/", {"value": "1"}).status_code == 302


def test_every_page_shows_the_suspension(client: Client) -> None:
    client.force_login(suspended(make_user()))
    for path in ("/en/", "/en/me/", "/en/skills/"):
        assert WHY in client.get(path).text
    assert WHY not in Client().get("/en/").text


def test_watching_that_was_asked_before_signing_in_is_not_done(world: World, client: Client) -> None:
    path = f"/en/watch/skill/{world.skill.pk}/"
    person = suspended(make_user())
    client.force_login(person)
    session = client.session
    session[PENDING_WATCH_KEY] = f"skill/{world.skill.pk}"
    session.save()
    assert client.get(path).status_code == 403
    assert not Watch.objects.filter(user=person).exists()
