"""Comments, suggestions and profiles answer the same questions of moderation."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from community.models import Act, Comment, Report
from community.models.moderation import TARGETS
from community.moderation import hiding, people, targets
from community.moderation.refusals import AlreadyDone
from community.moderation.targets import ModeratedProfile, ModerationTarget
from community.posting.refusals import Gone
from tests.community.moderation.test_reports import browser_of, decide, make_moderator, report, said
from tests.community.suggestions.world import World
from tests.factories import make_user


def make_row(world: World, kind: str) -> Any:
    if kind == "person":
        return world.author
    return said(world, world.author) if kind == "comment" else world.suggested()


def test_there_is_an_adapter_for_everything_that_can_be_reported() -> None:
    assert tuple(targets.KINDS) == TARGETS


@pytest.mark.parametrize("kind", TARGETS)
def test_a_row_is_found_by_what_its_adapter_is_called(world: World, kind: str) -> None:
    row = make_row(world, kind)
    target = targets.adapt(row)
    assert target.key == (kind, row.pk)
    assert (target.owner, target.report_fields) == (world.author, {kind: row})
    found = targets.find(*target.key)
    assert found is not None
    assert (type(found), found.row) == (type(target), row)
    assert targets.find_many(kind, {row.pk})[row.pk].row == row


@pytest.mark.parametrize("kind", TARGETS)
def test_hiding_and_showing_again_leaves_a_row_as_it_was(world: World, kind: str) -> None:
    target = targets.adapt(make_row(world, kind))
    before = type(target).get_queryset().values().get(pk=target.pk)
    assert not target.is_hidden
    target.mark_hidden()
    found = targets.find(*target.key)
    assert found is not None
    assert found.is_hidden
    found.mark_shown()
    assert type(target).get_queryset().values().get(pk=target.pk) == before


@pytest.mark.parametrize("place", [("skill", 1), ("comment", 0), ("person", 2**63), ("suggestion", 9**30)])
def test_what_is_not_there_is_not_found(db: None, place: tuple[str, int]) -> None:
    assert targets.find(*place) is None


def test_a_profile_is_never_held(world: World) -> None:
    assert targets.adapt(world.author).held_at is None
    with pytest.raises(AlreadyDone):
        hiding.release(world.author, make_moderator())
    with pytest.raises(TypeError, match="never held"):
        ModeratedProfile(world.author).mark_released()
    assert not Act.objects.exists()


def test_evidence_is_kept_of_deleted_comments_alone(world: World) -> None:
    comment = said(world, world.author)
    comment.versions.create(body="Buy my watches, quickly.")
    assert (targets.adapt(comment).text, targets.adapt(comment).evidence.count()) == ("Buy my watches.", 0)
    Comment.objects.filter(pk=comment.pk).update(body="", deleted_at=timezone.now())
    comment.refresh_from_db()
    assert (targets.adapt(comment).text, targets.adapt(comment).evidence.count()) == ("Buy my watches, quickly.", 1)
    assert not targets.adapt(make_user()).evidence.exists()


@pytest.mark.parametrize("button", ["hide", "agreed"])
def test_what_was_deleted_before_the_lock_is_gone_and_the_reason_comes_back(
    world: World, monkeypatch: pytest.MonkeyPatch, button: str
) -> None:
    moderator, comment = browser_of(make_moderator()), said(world, world.author)
    report(browser_of(make_user()), "comment", comment.pk)
    delete_after_reading(monkeypatch)
    answer = decide(moderator, "comment", comment.pk, button, "Advertising, as far as I see.")
    assert answer.status_code == 409
    assert "Advertising, as far as I see." in answer.text
    assert not Act.objects.exists()


def test_a_report_of_what_was_deleted_meanwhile_is_not_saved(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    comment = said(world, world.author)
    delete_after_reading(monkeypatch)
    answer = report(browser_of(make_user()), "comment", comment.pk, "other", "Copied from a book.")
    assert answer.status_code == 409
    assert "Copied from a book." in answer.text
    assert not Report.objects.exists()


def test_a_warning_of_an_account_that_was_deleted_meanwhile_is_refused(world: World) -> None:
    moderator = make_moderator()
    person = make_user()
    User.objects.filter(pk=person.pk).delete()
    with pytest.raises(Gone):
        people.warn(person, moderator, "Please stop.")
    assert not Act.objects.exists()


def delete_after_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Delete what a view reads, before its action locks it: as if its author were faster."""
    find = targets.find

    def find_and_delete(kind: str, pk: int) -> ModerationTarget | None:
        target = find(kind, pk)
        targets.KINDS[kind].get_queryset().filter(pk=pk).delete()
        return target

    monkeypatch.setattr(targets, "find", find_and_delete)
