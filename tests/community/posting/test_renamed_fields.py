"""Forms that were open in a browser while the site was upgraded send the fields' earlier names: nothing is lost."""

import uuid

import pytest
from django.test import Client

from community.models import Act, Decision, Report, Step
from community.review import deciding
from tests.community.moderation.test_reports import browser_of, make_moderator
from tests.community.suggestions.world import World, make_world
from tests.factories import make_user

TYPED = "What I typed before the upgrade."


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_a_decline_keeps_its_message(world: World) -> None:
    suggestion = world.suggested()
    data = {"key": uuid.uuid4(), "reason": world.spam.pk, "decline_words": TYPED}
    assert browser_of(world.reviewer).post(f"/en/review/{suggestion.pk}/decline/", data).status_code == 302
    assert Decision.objects.get().message == TYPED


def test_a_request_for_changes_keeps_its_message(world: World) -> None:
    suggestion = world.suggested()
    data = {"key": uuid.uuid4(), "words": TYPED}
    assert browser_of(world.reviewer).post(f"/en/review/{suggestion.pk}/request-changes/", data).status_code == 302
    assert Decision.objects.get().message == TYPED


def test_a_second_reader_is_asked_with_the_message(world: World) -> None:
    suggestion = world.suggested()
    deciding.decline(suggestion, world.reviewer, world.spam)
    data = {"words": f" {TYPED}\r\nTwo lines. "}
    address = f"/en/suggestions/{suggestion.pk}/second-reader/"
    assert browser_of(world.author).post(address, data).status_code == 302
    assert Step.objects.latest("pk").message == f"{TYPED}\nTwo lines."


def test_a_report_keeps_its_message(world: World) -> None:
    data = {"fault": "abuse", "words": TYPED}
    assert browser_of(make_user()).post(f"/en/report/suggestion/{world.suggested().pk}/", data).status_code == 302
    assert Report.objects.get().message == TYPED


def test_a_moderator_hides_with_the_reason(world: World) -> None:
    suggestion = world.suggested()
    data = {"deed": "hide", "words": TYPED}
    address = f"/en/moderation/suggestion/{suggestion.pk}/"
    assert browser_of(make_moderator()).post(address, data).status_code == 302
    suggestion.refresh_from_db()
    assert (Act.objects.get().reason, suggestion.hidden_at is None) == (TYPED, False)


def test_a_field_sent_under_its_present_name_wins(world: World) -> None:
    suggestion = world.suggested()
    data = {"key": uuid.uuid4(), "reason": world.spam.pk, "decline_message": "Now.", "decline_words": TYPED}
    browser_of(world.reviewer).post(f"/en/review/{suggestion.pk}/decline/", data)
    assert Decision.objects.get().message == "Now."


def test_the_signed_out_get_the_text_back(world: World) -> None:
    data = {"key": str(uuid.uuid4()), "reason": world.spam.pk, "decline_words": TYPED}
    answer = Client().post(f"/en/review/{world.suggested().pk}/decline/", data)
    assert answer.status_code == 401
    assert TYPED in answer.text
    assert 'name="decline_message"' in answer.text
    assert not Decision.objects.exists()
