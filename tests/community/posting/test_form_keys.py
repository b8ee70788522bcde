"""A form whose key cannot be read is refused everywhere, with what was typed; otherwise it could count twice."""

from typing import Any

import pytest
from django.test import Client

from accounts.sign_in import traps
from community.models import Comment, Decision, Suggestion
from tests.community.drafting.test_form import form_data
from tests.community.suggestions.world import JUNIOR, World

TYPED = "What I typed and want to keep."
BROKEN = pytest.mark.parametrize("key", [None, "", "1", "9" * 5_000])


def replace_key(data: dict[str, Any], key: str | None) -> dict[str, Any]:
    """Return the fields of a form with this key in place of its own, or without a key."""
    fields = {name: value for name, value in data.items() if name != "key"}
    return fields if key is None else fields | {"key": key}


def assert_refused_twice(client: Client, path: str, data: dict[str, Any]) -> None:
    for _time in range(2):
        answer = client.post(path, data)
        assert (answer.status_code, "no key" in answer.text, TYPED in answer.text) == (400, True, True)


@BROKEN
@pytest.mark.parametrize("intent", ["submit", "autosave"])
@pytest.mark.parametrize(
    "where", ["skills/{slug}/suggestions/new/", "suggestions/new-skill/", "suggestions/{pk}/edit/"]
)
def test_of_a_suggestion(client: Client, world: World, where: str, intent: str, key: str | None) -> None:
    own = world.suggested()
    client.force_login(world.author)
    data = form_data(world, (JUNIOR, TYPED)) | {"intent": intent, "framework": world.skill.framework.slug}
    assert_refused_twice(client, "/en/" + where.format(slug=world.skill.slug, pk=own.pk), replace_key(data, key))
    assert list(Suggestion.objects.values_list("pk", "reason")) == [(own.pk, own.reason)]


def test_what_a_page_saves_by_itself_is_refused_by_an_alert(client: Client, world: World) -> None:
    client.force_login(world.author)
    data = replace_key(form_data(world, (JUNIOR, TYPED)) | {"intent": "autosave"}, "x")
    answer = client.post(f"/en/skills/{world.skill.slug}/suggestions/new/", data, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"], "no key" in answer.text) == (400, "#alerts", True)
    assert not Suggestion.objects.exists()


@BROKEN
def test_of_a_comment(client: Client, world: World, key: str | None) -> None:
    client.force_login(world.author)
    data = {"started": traps.sign_current_time(), "body": TYPED, "intent": "post"}
    assert_refused_twice(client, f"/en/skills/{world.skill.slug}/comments/", replace_key(data, key))
    assert not Comment.objects.exists()


@BROKEN
@pytest.mark.parametrize("where", ["{pk}/accept/", "{pk}/decline/", "{pk}/request-changes/", "decline/"])
def test_of_a_decision(client: Client, world: World, where: str, key: str | None) -> None:
    suggestion = world.suggested()
    client.force_login(world.reviewer)
    data = {"significance": "medium", "change": suggestion.changes.get().pk, "reason": world.spam.pk}
    data |= {"message": TYPED, "decline_message": TYPED, "pick": suggestion.pk}
    assert_refused_twice(client, "/en/review/" + where.format(pk=suggestion.pk), replace_key(data, key))
    assert not Decision.objects.exists()
