"""When a skill is retired, merged or restored, the authors of its undecided suggestions are notified, once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Delivery, User
from community.drafting import drafts
from community.events.audience import BATCH_SIZE
from community.models import Event, Kind, Notification, State, Suggestion, Watch
from community.notifications.digests import queue_due_digests
from community.review import deciding
from skills import revisions
from skills.content.changes import Change, Field
from skills.models import Revision, Significance
from tests.community.events.factories import make_watchers, notify_everyone
from tests.community.notifications.factories import make_reader
from tests.community.notifications.test_views import button_of, link_of, rows_of, words_of
from tests.community.suggestions.retired import get_words, merge, restore, retire
from tests.community.suggestions.world import JUNIOR, MIDDLE, World
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def forget_earlier_events() -> None:
    notify_everyone()
    Notification.objects.all().delete()


def list_notified() -> dict[str, str]:
    """Return the kind of each person's notice by user name."""
    notify_everyone()
    return dict(Notification.objects.values_list("user__username", "kind"))


@pytest.mark.parametrize(
    ("is_merged", "words"),
    [(False, "the skill is no longer part of its framework"), (True, "the skill was merged into another one")],
)
def test_authors_of_suggestions_and_drafts_are_notified(
    client: Client, world: World, is_merged: bool, words: str
) -> None:
    suggestion, drafter = world.suggested(), make_user()
    drafts.start(drafter, world.skill, [world.kneading("Kneads rye.")])
    decided = world.suggested(world.cell(MIDDLE, "Bakes.", "Bakes rolls."), author=make_user())
    deciding.decline(decided, world.reviewer, world.spam)
    forget_earlier_events()
    (merge if is_merged else retire)(world)
    assert list_notified() | {world.author.username: "decision", drafter.username: "decision"} == list_notified()
    assert not Notification.objects.filter(user=decided.author, kind=Kind.DECISION).exists()
    [row] = [row for row in rows_of(client, world.author) if "Decision on my suggestion" in words_of(row)]
    assert f"Decision on my suggestion: {words}" in words_of(row)
    assert button_of(row) == "See the suggestions"
    assert "Clearer." in get_words(client, link_of(row))
    assert link_of(row) == f"/en/me/suggestions/?skill={world.skill.slug}"
    assert suggestion.reason == "Clearer."


def test_the_linked_list_holds_only_suggestions_for_that_skill(client: Client, world: World) -> None:
    world.suggested()
    successor = merge(world)
    drafts.start(world.author, successor, [world.cell(JUNIOR, None, "Roasts.")], reason="About roasting.")
    client.force_login(world.author)
    words = get_words(client, f"/en/me/suggestions/?skill={world.skill.slug}")
    assert "Clearer." in words
    assert "About roasting." not in words
    assert "About roasting." in get_words(client, "/en/me/suggestions/?skill=unknown")


def test_an_author_gets_one_notice_for_many_suggestions_even_of_a_muted_skill(world: World) -> None:
    for place in (JUNIOR, MIDDLE):
        world.suggested(world.cell(place, world.text(place), f"Works as {place.level}."))
    Watch.objects.filter(user=world.author).delete()
    Watch.objects.create(user=world.author, skill=world.skill, level="mute")
    forget_earlier_events()
    retire(world)
    assert list_notified() == {world.author.username: Kind.DECISION}


def test_the_author_gets_mail(world: World) -> None:
    reader = make_reader("anna", language="en")
    world.suggested(author=reader)
    forget_earlier_events()
    merge(world)
    notify_everyone()
    notice = Notification.objects.get(user=reader)
    assert notice.mail_due_at is not None
    Notification.objects.update(mail_due_at=timezone.now() - timedelta(minutes=1))
    queue_due_digests()
    text = Delivery.objects.get(user=reader).text
    assert "Decision on my suggestion: Baking (the skill was merged into another one)" in text
    assert f"/me/suggestions/?skill={world.skill.slug}" in text
    assert mail.outbox == []


def test_typos_of_status_are_notified_to_authors_alone(world: World) -> None:
    world.suggested()
    make_watchers(world.skill, 1)
    forget_earlier_events()
    change = Change(Field.STATUS, "current", "retired")
    origin, typo = Revision.Origin.ADMIN, Significance.TYPO
    revisions.publish(world.skill, [change], author=None, origin=origin, significance=typo)
    assert list_notified() == {world.author.username: Kind.DECISION}


def test_who_retires_the_skill_is_not_notified_of_it(world: World) -> None:
    world.suggested(author=world.other_reviewer)
    draft = drafts.start(
        world.author, world.skill, [Change(Field.STATUS, "current", "retired")], reason="Nobody bakes."
    )
    to_retire = drafts.submit(draft, world.author)
    world.suggested(world.cell(MIDDLE, "Bakes.", "Bakes rolls."), author=world.reviewer)
    forget_earlier_events()
    deciding.accept(to_retire, world.reviewer, significance=Significance.MEDIUM)
    notified = list_notified()
    assert notified[world.other_reviewer.username] == Kind.DECISION
    assert world.reviewer.username not in notified
    assert Notification.objects.get(user=world.author).event.action == State.ACCEPTED  # of their own suggestion


def test_authors_are_notified_when_the_skill_is_restored(client: Client, world: World) -> None:
    world.suggested()
    retire(world)
    forget_earlier_events()
    restore(world)
    notify_everyone()
    [row] = [row for row in rows_of(client, world.author) if "Decision on my suggestion" in words_of(row)]
    assert "the skill is part of its framework again" in words_of(row)


def test_without_undecided_suggestions_it_is_an_event_for_watchers_as_before(world: World) -> None:
    retire(world)
    assert not Event.objects.filter(skill=world.skill).exists()
    make_watchers(world.skill, 1)
    restore(world)
    assert Event.objects.get().action == ""


def test_the_claim_on_a_suggestion_that_brings_the_skill_back_stays(world: World) -> None:
    retire(world)
    to_restore = world.suggested(Change(Field.STATUS, "retired", "current"))
    restore(world)
    world.suggested()
    retire(world)
    deciding.claim(to_restore, world.reviewer)
    notify_everyone()
    to_restore.refresh_from_db()
    assert to_restore.claimed_by == world.reviewer


def test_claims_are_released_and_no_longer_displayed(client: Client, world: World) -> None:
    suggestion = world.suggested()
    deciding.claim(suggestion, world.reviewer)
    retire(world)
    client.force_login(world.other_reviewer)
    assert "claimed by" not in get_words(client, f"/en/review/{suggestion.pk}/")  # even before the worker runs
    assert "under review" not in get_words(client, f"/en/suggestions/{suggestion.pk}/")
    notify_everyone()
    suggestion.refresh_from_db()
    assert (suggestion.claimed_by, suggestion.claimed_until) == (None, None)


def test_retiring_costs_the_same_with_one_undecided_suggestion_or_many(world: World) -> None:
    def count_queries(before: str, after: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            revisions.publish(
                world.skill, [Change(Field.STATUS, before, after)], author=None, origin=Revision.Origin.ADMIN
            )
        return len(queries)

    world.suggested()
    forget_earlier_events()
    one = count_queries("current", "retired")
    restore(world)
    authors = User.objects.bulk_create(User(username=f"many{number}") for number in range(BATCH_SIZE + 1))
    Suggestion.objects.bulk_create(
        Suggestion(skill=world.skill, author=author, state="open", reason="x", submitted_at=timezone.now())
        for author in authors
    )
    forget_earlier_events()
    assert count_queries("current", "retired") == one
    notified = list_notified()
    assert len(notified) == BATCH_SIZE + 2
    assert set(notified.values()) == {Kind.DECISION}
