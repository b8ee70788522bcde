"""Two tabs with one watch: the older tab does not undo what the newer one has chosen."""

import pytest
from django.test import Client

from community.models import Watch
from community.watching import watches
from tests.community.suggestions.world import World
from tests.tabs import read_fields

pytestmark = pytest.mark.django_db
LIST = "/en/me/watching/"


@pytest.fixture
def browser(client: Client, world: World) -> Client:
    client.force_login(world.author)
    return client


def level_of(world: World) -> str | None:
    return watches.get_watch_level(world.author, world.skill)


def test_a_mute_in_another_tab_is_not_undone_by_stopping_to_watch(browser: Client, world: World) -> None:
    watches.set_level(world.author, world.skill, Watch.Level.WATCH)
    page = f"/en/watch/skill/{world.skill.pk}/"
    older = read_fields(browser.get(page)) | {"level": ""}
    browser.post(page, read_fields(browser.get(page)) | {"level": "mute"})
    response = browser.post(page, older)
    assert response.status_code == 409
    assert "In another window you have muted this." in response.text
    assert level_of(world) == "mute"
    assert browser.post(page, read_fields(response) | {"level": "watch"}).status_code == 302
    assert level_of(world) == "watch"


def test_the_button_on_the_page_of_a_skill_is_shown_again_with_the_newer_choice(browser: Client, world: World) -> None:
    htmx = {"HX-Request": "true"}
    older = read_fields(browser.get(f"/en/skills/{world.skill.slug}/"), "form.watch-buttons")
    address = f"/en/watch/skill/{world.skill.pk}/"
    assert browser.post(address, older | {"level": "mute"}, headers=htmx).status_code == 200
    response = browser.post(address, older | {"level": "watch"}, headers=htmx)
    assert (response.status_code, level_of(world)) == (409, "mute")
    assert "In another window you have muted this." in response.text
    again = read_fields(response, "form.watch-buttons") | {"level": "watch"}
    assert browser.post(address, again, headers=htmx).status_code == 200
    assert level_of(world) == "watch"


def test_the_same_button_pressed_twice_is_no_conflict(browser: Client, world: World) -> None:
    page = f"/en/watch/skill/{world.skill.pk}/"
    form = read_fields(browser.get(page)) | {"level": "watch"}
    assert [browser.post(page, form).status_code for _ in range(2)] == [302, 302]
    assert level_of(world) == "watch"


def test_in_the_list_only_what_was_changed_elsewhere_stays(browser: Client, world: World) -> None:
    for target in (world.skill, world.skill.group):
        watches.set_level(world.author, target, Watch.Level.WATCH)
    older = read_fields(browser.get(LIST)) | {"chosen": list(Watch.objects.values_list("pk", flat=True))}
    watches.set_level(world.author, world.skill, Watch.Level.MUTE)
    response = browser.post(LIST, older | {"level": "", "row": ""}, follow=True)
    assert "1 entry was changed in another window and stays as it is now." in response.text
    assert list(Watch.objects.values_list("skill", "level")) == [(world.skill.pk, "mute")]
    again = read_fields(response) | {"row": f"{Watch.objects.get().pk}:"}
    browser.post(LIST, again)
    assert not Watch.objects.exists()
