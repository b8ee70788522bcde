"""How authors are notified of the decision on their suggestion: they alone, whatever they watch, once a day by mail."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test.utils import override_settings
from django.utils import timezone

from accounts.models import Delivery
from community.models import EmailChoice, Event, EventAction, Frequency, Kind, Notification, Reason, Suggestion, Watch
from community.notifications import digests
from community.notifications.email_choices import save_email_choices
from community.posting.refusals import NotAllowed
from community.review import deciding
from community.watching import watches
from skills.models import Significance
from tests.community.events.factories import make_watchers, notify_everyone
from tests.community.notifications.factories import make_reader
from tests.community.suggestions.world import JUNIOR, MIDDLE, SENIOR, World, make_reviewer
from tests.factories import make_user

pytestmark = pytest.mark.django_db

MEDIUM = Significance.MEDIUM


def accept(world: World, suggestion: Suggestion) -> None:
    deciding.accept(suggestion, world.reviewer, significance=MEDIUM)


def accept_with_changes(world: World, suggestion: Suggestion) -> None:
    row = suggestion.changes.get()
    edits = {row.pk: world.kneading("Kneads all dough by hand.")}
    deciding.accept(suggestion, world.reviewer, significance=MEDIUM, edits=edits)


def decline(world: World, suggestion: Suggestion) -> None:
    deciding.decline(suggestion, world.reviewer, world.spam)


def request_changes(world: World, suggestion: Suggestion) -> None:
    deciding.request_changes(suggestion, world.reviewer, "Which dough?")


ACTIONS = {
    EventAction.ACCEPTED: accept,
    EventAction.ACCEPTED_WITH_CHANGES: accept_with_changes,
    EventAction.DECLINED: decline,
    EventAction.CHANGES_REQUESTED: request_changes,
}


def decisions(world: World) -> Notification:
    return world.author.notifications.get(kind=Kind.DECISION)


def decide_in_a_burst(world: World) -> None:
    """Accept three of the author's suggestions, decline one, and notify everyone."""
    for place in (JUNIOR, MIDDLE, SENIOR):
        accept(world, world.suggested(world.cell(place, world.text(place), f"{place.level} text.")))
    decline(world, world.suggested(world.cell(SENIOR, "senior text.", "Buy bread.")))
    notify_everyone()


@pytest.mark.parametrize("action", ACTIONS)
def test_the_author_alone_is_notified_of_the_result(world: World, action: EventAction) -> None:
    make_watchers(world.skill, 1)
    watches.set_level(world.author, world.skill, Watch.Level.MUTE)
    suggestion = world.suggested()
    ACTIONS[action](world, suggestion)
    notify_everyone()
    [notice] = Notification.objects.filter(kind=Kind.DECISION)
    assert (notice.user, notice.reason, notice.tally) == (world.author, Reason.OWN, {action: 1})
    event = notice.event
    assert (event.action, event.suggestion, event.actor) == (action, suggestion, world.reviewer)
    assert event.decision == suggestion.decisions.get()


def test_a_suggestion_accepted_in_parts_is_notified_part_by_part(world: World) -> None:
    suggestion = world.suggested(world.kneading(), world.cell(SENIOR, None, "Teaches."))
    first, _second = suggestion.changes.all()
    deciding.accept(suggestion, world.reviewer, significance=MEDIUM, change_ids={first.pk})
    notify_everyone()
    assert decisions(world).tally == {EventAction.PARTLY_ACCEPTED: 1}
    accept(world, suggestion)
    notify_everyone()
    assert decisions(world).tally == {EventAction.PARTLY_ACCEPTED: 1, EventAction.ACCEPTED: 1}


def test_an_undone_decision_is_notified_too(world: World) -> None:
    suggestion = world.suggested()
    decline(world, suggestion)
    deciding.undo(suggestion, world.other_reviewer, "A slip.")
    notify_everyone()
    notice = decisions(world)
    assert (notice.tally, notice.event.actor) == (
        {EventAction.DECLINED: 1, EventAction.UNDONE: 1},
        world.other_reviewer,
    )


def test_the_same_request_twice_notifies_once(world: World) -> None:
    suggestion = world.suggested()
    for _ in range(2):
        deciding.decline(suggestion, world.reviewer, world.spam, key=suggestion.key)
    notify_everyone()
    assert (decisions(world).count, decisions(world).tally) == (1, {EventAction.DECLINED: 1})


def test_a_refused_decision_notifies_nobody(world: World) -> None:
    suggestion = world.suggested()
    with pytest.raises(NotAllowed):
        deciding.accept(suggestion, world.author, significance=MEDIUM)
    assert not Event.objects.filter(kind=Kind.DECISION).exists()


def test_who_decides_their_own_is_not_notified(world: World) -> None:
    root = make_user(is_superuser=True)
    suggestion = world.suggested(author=root)
    deciding.accept(suggestion, root, significance=MEDIUM, own_reason="Nobody else is here.")
    assert not Event.objects.filter(kind=Kind.DECISION).exists()


def test_an_author_whose_account_is_deleted_is_not_notified(world: World) -> None:
    suggestion = world.suggested()
    world.author.delete()
    decline(world, Suggestion.objects.get(pk=suggestion.pk))
    notify_everyone()
    assert not Notification.objects.filter(kind=Kind.DECISION).exists()


def test_an_author_whose_account_is_deleted_before_the_notice_gets_none(world: World) -> None:
    decline(world, world.suggested())
    world.author.delete()
    notify_everyone()
    assert not Notification.objects.filter(kind=Kind.DECISION).exists()


def test_a_burst_of_decisions_is_one_notice_that_counts_them(world: World) -> None:
    decide_in_a_burst(world)
    notice = decisions(world)
    assert (notice.count, notice.tally) == (4, {EventAction.ACCEPTED: 3, EventAction.DECLINED: 1})


def test_a_decision_after_the_burst_is_a_new_notice(world: World) -> None:
    for minutes in (31, 0):
        decline(world, world.suggested())
        latest = Event.objects.order_by("-pk")[0]
        Event.objects.filter(pk=latest.pk).update(happened_at=timezone.now() - timedelta(minutes=minutes))
        notify_everyone()
    assert [notice.tally for notice in world.author.notifications.all()] == [{EventAction.DECLINED: 1}] * 2


@pytest.mark.parametrize("action", ACTIONS)
def test_mail_at_once_waits_for_the_morning_unless_it_asks_for_something(world: World, action: EventAction) -> None:
    EmailChoice.objects.create(user=world.author, kind=Kind.DECISION, frequency=Frequency.AT_ONCE)
    ACTIONS[action](world, world.suggested())
    notify_everyone()
    due = decisions(world).mail_due_at
    assert due
    assert (due <= timezone.now()) is (action is EventAction.CHANGES_REQUESTED)


@pytest.mark.parametrize(
    ("action", "is_due_now"), [(EventAction.DECLINED, False), (EventAction.CHANGES_REQUESTED, True)]
)
def test_choosing_at_once_afterwards_keeps_decisions_for_the_morning(
    world: World, action: EventAction, is_due_now: bool
) -> None:
    ACTIONS[action](world, world.suggested())
    notify_everyone()
    save_email_choices(world.author.pk, {Kind.DECISION: Frequency.AT_ONCE})
    due = decisions(world).mail_due_at
    assert due
    assert (due <= timezone.now()) is is_due_now


@pytest.mark.parametrize(
    ("language", "counted"),
    [("en", "Your suggestions: 3 accepted, 1 declined."), ("de", "Ihre Vorschläge: 3 angenommen, 1 abgelehnt.")],
)
def test_the_digest_sums_decisions_up_in_a_sentence(world: World, language: str, counted: str) -> None:
    world.author = make_reader(language=language)
    decide_in_a_burst(world)
    Notification.objects.filter(kind=Kind.DECISION).update(mail_due_at=timezone.now())
    with override_settings(BASE_URL="https://site.example"):
        digests.queue_due_digests()
    mail = Delivery.objects.get()
    list_address = f"https://site.example/{language}/skills/{world.skill.slug}/suggestions/"
    for text in (mail.text, mail.html):
        assert text.count(counted) == 1
        assert list_address in text
    assert f"Baking ({counted.partition(': ')[2][:-1]})" in mail.text


def test_the_digest_counts_decisions_over_all_skills_and_beyond_what_it_shows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "MAX_SHOWN_NOTICES", 1)
    world.author = make_reader(language="en")
    for day in (2, 1, 0):
        decline(world, world.suggested())
        notify_everyone()
        Notification.objects.update(updated_at=timezone.now() - timedelta(days=day), mail_due_at=timezone.now())
    digests.queue_due_digests()
    text = Delivery.objects.get().text
    assert "Your suggestions: 3 declined." in text
    assert text.count("* Decision on my suggestion") == 1


def test_a_digest_without_decisions_counts_none(world: World) -> None:
    reader = make_reader(language="en")
    watches.set_level(reader, world.skill, Watch.Level.WATCH)
    world.suggested()
    notify_everyone()
    Notification.objects.filter(user=reader).update(mail_due_at=timezone.now())
    digests.queue_due_digests()
    assert "Your suggestions" not in Delivery.objects.get().text


def test_mail_of_one_decision_holds_the_message_of_the_reviewer(world: World) -> None:
    world.author = make_reader(language="en")
    suggestion = world.suggested()
    deciding.decline(suggestion, world.reviewer, world.spam, message="Please <b>no</b> advertising.")
    notify_everyone()
    Notification.objects.filter(kind=Kind.DECISION).update(mail_due_at=timezone.now())
    with override_settings(BASE_URL="https://site.example"):
        digests.queue_due_digests()
    mail = Delivery.objects.get()
    assert "* Decision on my suggestion: Baking (declined)" in mail.text
    assert "Spam – Please <b>no</b> advertising." in mail.text
    assert "Please &lt;b&gt;no&lt;/b&gt; advertising." in mail.html
    assert f"https://site.example/en/suggestions/{suggestion.pk}/" in mail.text


@pytest.mark.parametrize("decide", [decline, None])
def test_mail_leaves_out_what_another_reviewer_has_decided(
    world: World, decide: Callable[[World, Suggestion], None] | None
) -> None:
    reader = make_reader(language="en")
    reader.groups.set(make_reviewer().groups.all())
    suggestion = world.suggested()
    notify_everyone()
    if decide:
        decide(world, suggestion)
    Notification.objects.filter(user=reader).update(mail_due_at=timezone.now())
    digests.queue_due_digests()
    assert Delivery.objects.filter(user=reader).exists() is (decide is None)
    assert Notification.objects.get(user=reader).mail_due_at is None
