"""Taking part watches the skill. The page says so, and it can be switched off for good."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from community.drafting import drafts
from community.models import Suggestion, Watch
from community.posting.refusals import InvalidInput
from community.privacy import data
from community.review import deciding
from community.watching import watches
from tests.community.suggestions.world import SENIOR, World
from tests.factories import make_user

pytestmark = pytest.mark.django_db

WATCH, MUTE = Watch.Level.WATCH, Watch.Level.MUTE


@pytest.fixture
def browser(client: Client, world: World) -> Client:
    client.force_login(world.author)
    return client


def suggest_again(world: World) -> Suggestion:
    """Return another suggestion by the same author."""
    return world.suggested(world.cell(SENIOR, None, f"Teaches {Suggestion.objects.count()}."))


def text_of(client: Client, address: str) -> str:
    page = BeautifulSoup(client.get(address).content, "html.parser")
    return " ".join(page.get_text().split())


def test_submitting_watches_the_skill(world: World) -> None:
    world.suggested()
    watch = world.author.watches.get()
    assert (watch.skill, watch.level, watch.by_taking_part) == (world.skill, WATCH, True)


def test_a_draft_watches_nothing(world: World) -> None:
    drafts.start(world.author, world.skill, [world.kneading()], reason="Clearer.")
    assert not world.author.watches.exists()


def test_what_was_refused_watches_nothing(world: World) -> None:
    with pytest.raises(InvalidInput):
        world.suggested(world.kneading("Kneads."))
    assert not world.author.watches.exists()


def test_who_stopped_watching_never_watches_by_taking_part_again(world: World) -> None:
    suggestion = world.suggested()
    watches.set_level(world.author, world.skill, None)
    suggest_again(world)
    deciding.request_changes(suggestion, world.reviewer, "Which dough?")
    drafts.submit(suggestion, world.author, confirmed=True)
    drafts.withdraw(suggestion, world.author)
    suggest_again(world)
    assert watches.get_watch_level(world.author, world.skill) is None


def test_who_stopped_in_the_list_of_watches_never_watches_by_taking_part_again(world: World, browser: Client) -> None:
    world.suggested()
    browser.post("/en/me/watching/", {"row": f"{world.author.watches.get().pk}:"})
    suggest_again(world)
    assert not world.author.watches.exists()


def test_who_muted_the_skill_keeps_it_muted(world: World) -> None:
    world.suggested()
    watches.set_level(world.author, world.skill, MUTE)
    suggest_again(world)
    assert watches.get_watch_level(world.author, world.skill) == MUTE


def test_who_muted_the_skill_before_keeps_it_muted(world: World) -> None:
    watches.set_level(world.author, world.skill, MUTE)
    world.suggested()
    assert watches.get_watch_level(world.author, world.skill) == MUTE
    watches.set_level(world.author, world.skill, None)
    suggest_again(world)
    assert watches.get_watch_level(world.author, world.skill) is None


@pytest.mark.parametrize("kind", ["group", "domain"])
def test_who_muted_the_group_or_domain_does_not_watch_the_skill_by_taking_part(world: World, kind: str) -> None:
    group = world.skill.group
    watches.set_level(world.author, group if kind == "group" else group.domain, MUTE)
    world.suggested()
    assert watches.get_watch_level(world.author, world.skill) is None


def test_a_chosen_watch_stays_a_chosen_one(world: World) -> None:
    watches.set_level(world.author, world.skill, WATCH)
    world.suggested()
    assert not world.author.watches.get().by_taking_part


@pytest.mark.parametrize("how", ["button", "list"])
def test_a_watch_by_taking_part_that_is_chosen_becomes_a_chosen_one(world: World, browser: Client, how: str) -> None:
    world.suggested()
    watch = world.author.watches.get()
    if how == "button":
        browser.post(f"/en/watch/skill/{world.skill.pk}/", {"level": "watch"})
    else:
        browser.post("/en/me/watching/", {"chosen": [str(watch.pk)], "level": "watch"})
    watch.refresh_from_db()
    assert (watch.level, watch.by_taking_part) == (WATCH, False)


def test_other_people_do_not_watch_because_of_it(world: World) -> None:
    other = make_user()
    world.suggested()
    assert set(Watch.objects.values_list("user", flat=True)) == {world.author.pk}
    world.suggested(author=other)
    assert watches.get_watch_level(other, world.skill) == WATCH


def test_the_page_that_answers_says_so_to_the_author_and_links_to_the_end_of_it(
    world: World, browser: Client, client: Client
) -> None:
    suggestion = world.suggested()
    address, end = f"/en/suggestions/{suggestion.pk}/", f"/en/watch/skill/{world.skill.pk}/"
    page = browser.get(address).text
    assert "You have watched this skill since you took part" in page
    assert f'href="{end}"' in page
    assert "Once you stop, taking part does not start it again." in text_of(browser, end)
    browser.post(end, {"level": ""})
    assert "You have watched this skill since" not in browser.get(address).text
    watches.set_level(world.reviewer, world.skill, WATCH)
    client.force_login(world.reviewer)
    assert "You have watched this skill since" not in client.get(address).text


def test_button_and_list_of_watches_say_how_it_came(world: World, browser: Client) -> None:
    world.suggested()
    addresses = (f"/en/skills/{world.skill.slug}/", "/en/me/watching/")
    for address in addresses:
        assert "since you took part" in text_of(browser, address)
    watches.set_level(world.author, world.skill, WATCH)
    for address in addresses:
        assert "since you took part" not in text_of(browser, address)


def test_the_export_says_how_a_watch_came(world: World) -> None:
    world.suggested()
    assert [watch["by_taking_part"] for watch in data.collect_community_data(world.author)["watches"]] == [True]
