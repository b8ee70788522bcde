"""One form holds so many cells and no more: real forms fit, and what nobody typed by hand costs next to nothing."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.sign_in import traps
from community.drafting.typed import MAX_CELLS, MAX_UNKNOWN_CELLS
from community.models import CountedWrite, SuggestedChange, Suggestion, Watch
from skills.models import Skill
from skills.revisions import get_content
from tests.community.suggestions.world import World
from tests.factories import make_catalogue, make_user

pytestmark = pytest.mark.django_db

TYPED = "Does it otherwise, by hand."
INTENTS = ["preview", "check", "autosave", "save", "submit", "add"]


def form_of(cells: list[str], intent: str, **fields: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "key": str(uuid.uuid4()),
        "revision": "1",
        "cell": cells,
        "reason": "Clearer.",
        "started": traps.sign_current_time(),
    }
    for cell in cells:
        data |= {f"description:{cell}": f"{TYPED} {cell}", f"obligation:{cell}": "mandatory"}
    return data | {"intent": intent, "confirmed": "on", "add_role": "baker", "add_level": "senior"} | fields


def invented(number: int) -> list[str]:
    return [f"role-{count}/level-{count}" for count in range(number)]


@pytest.fixture
def author(client: Client, world: World) -> Client:
    client.force_login(world.author)
    return client


def address(world: World) -> str:
    return f"/en/skills/{world.skill.slug}/suggestions/new/"


def places_that_ship() -> list[int]:
    """Return of how many roles and levels the table of each framework that ships is."""
    found = []
    for path in sorted(Path(settings.BASE_DIR, "content").glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        found.append(len(data["roles"]) * len(data["levels"]))
    return found


def test_every_framework_that_ships_fits_twice() -> None:
    assert len(places_that_ship()) == 3
    assert 2 * max(places_that_ship()) <= MAX_CELLS


def test_all_cells_of_the_largest_framework_go_the_whole_way(client: Client) -> None:
    make_catalogue(skills=1, roles=36)
    skill = Skill.objects.get()
    cells = [f"{place.role}/{place.level}" for place in get_content(skill).matrix.cells]
    assert len(cells) == max(places_that_ship())
    client.force_login(make_user())
    where, key = f"/en/skills/{skill.slug}/suggestions/new/", str(uuid.uuid4())
    for intent, status in [("preview", 200), ("autosave", 302), ("submit", 302)]:
        assert client.post(where, form_of(cells, intent, key=key)).status_code == status
    assert (Suggestion.objects.get().state, SuggestedChange.objects.count()) == ("open", len(cells))


@pytest.mark.parametrize("intent", INTENTS)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_more_cells_are_refused_in_words_and_what_was_typed_is_shown(
    author: Client, world: World, intent: str, headers: dict[str, str]
) -> None:
    cells = ["baker/junior", *invented(MAX_CELLS)]
    with CaptureQueriesContext(connection) as queries:
        answer = author.post(address(world), form_of(cells, intent), headers=headers)
    assert (answer.status_code, "at most 400 cells" in answer.text) == (422, True)
    assert len(queries) < 25
    if not headers:  # what htmx sends leaves the form on the screen
        assert answer.text.count(TYPED) == len(cells)
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize("where", ["new-skill", "edit", "stranger"])
def test_every_form_has_the_limit(author: Client, world: World, where: str) -> None:
    paths = {
        "new-skill": "/en/suggestions/new-skill/",
        "edit": f"/en/suggestions/{world.suggested().pk}/edit/",
        "stranger": address(world),
    }
    if where == "stranger":
        author.logout()
    data = form_of(invented(MAX_CELLS + 1), "save", framework=world.skill.framework.slug)
    answer = author.post(paths[where], data)
    assert (answer.status_code, "at most 400 cells" in answer.text, TYPED in answer.text) == (422, True, True)
    assert SuggestedChange.objects.count() == 1


def test_as_many_as_fit_are_taken(author: Client, world: World) -> None:
    cells = ["baker/junior"] * MAX_CELLS
    assert author.post(address(world), form_of(cells, "preview")).status_code == 200


def test_no_cell_is_added_to_a_full_form(author: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("community.drafting.typed.MAX_CELLS", 2)
    answer = author.post(address(world), form_of(["baker/junior", "baker/middle"], "add"))
    assert (answer.status_code, "at most 2 cells" in answer.text) == (422, True)
    assert answer.text.count('name="cell"') == 2


@pytest.mark.parametrize("intent", INTENTS)
def test_cells_that_the_framework_does_not_have_are_refused_before_they_are_worked_on(
    author: Client, world: World, intent: str
) -> None:
    answer = author.post(address(world), form_of(invented(MAX_UNKNOWN_CELLS + 1), intent))
    assert (answer.status_code, "no such role or level" in answer.text) == (422, True)
    assert answer.text.count(TYPED) == MAX_UNKNOWN_CELLS + 1
    assert 'name="cell"' not in answer.text


def test_a_few_of_them_stay_in_the_form_to_be_taken_out(author: Client, world: World) -> None:
    answer = author.post(address(world), form_of(["baker/junior", *invented(3)], "check"))
    assert (answer.status_code, answer.text.count('name="cell"')) == (422, 4)
    assert answer.text.count('name="take_out"') == 4
    live = author.post(address(world), form_of(["baker/junior", *invented(3)], "preview"))
    assert live.text.count('class="reads"') == 1  # nothing is compared or rendered for the others


def test_beyond_so_many_characters_nothing_is_compared(
    author: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("community.drafting.form_page.COMPARED_MAX_LENGTH", 100)
    cells = ["baker/junior", "baker/middle", "baker/senior"]
    form = form_of(cells, "preview", **{"description:baker/middle": "Bakes. " * 20})
    live = author.post(address(world), form).text
    assert (live.count('class="difference"'), live.count("The suggestion as a whole is too long")) == (1, 2)
    assert "The text is too long" not in live
    long = author.post(address(world), form | {"description:baker/junior": "Bakes. " * 2000}).text
    assert long.count("The text is too long to be compared.") == 1
    kept = author.post(address(world), form | {"intent": "save"})
    assert kept.status_code == 302
    assert SuggestedChange.objects.count() == 3


def test_more_fields_than_any_form_has_are_refused_in_words(author: Client, world: World, settings: Settings) -> None:
    data = {f"field-{number}": "x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)}
    answer = author.post(address(world), form_of(["baker/junior"], "save") | data)
    assert (answer.status_code, "cannot be understood" in answer.text) == (400, True)
    assert not Suggestion.objects.exists()


def test_no_more_watches_are_changed_at_once_than_a_page_shows(author: Client, world: World) -> None:
    Watch.objects.create(user=world.author, skill=world.skill)
    pk = Watch.objects.get().pk
    data = {"chosen": [str(number) for number in range(pk, pk + 101)], "level": "mute"}
    assert author.post("/en/me/watching/", data).status_code == 400
    assert Watch.objects.get().level == Watch.Level.WATCH
    assert author.post("/en/me/watching/", data | {"chosen": data["chosen"][:100]}).status_code == 302
    assert Watch.objects.get().level == Watch.Level.MUTE


def test_what_is_refused_is_counted_as_a_write(author: Client, world: World) -> None:
    author.post(address(world), form_of(invented(MAX_CELLS + 1), "preview"))
    assert CountedWrite.objects.count() == 1
