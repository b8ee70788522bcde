"""Who is notified of a new suggestion: those who watch, and reviewers, for whom it waits. Never its author."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from community import rules
from community.drafting import drafts
from community.events import audience
from community.models import Event, EventAction, Kind, Notification, Reason, Watch
from community.models.watching import WatchTarget
from community.review import deciding
from community.watching import watches
from skills.content.changes import Change, Field
from skills.models import Significance
from tests.community.events.factories import list_notified, make_watchers, notify_everyone
from tests.community.suggestions.world import SENIOR, World, make_reviewer
from tests.factories import make_role, make_user

pytestmark = pytest.mark.django_db

WATCH, MUTE = Watch.Level.WATCH, Watch.Level.MUTE
AS_REVIEWER = (Kind.REVIEW_WAITING, Reason.REVIEWER)


def target_of(world: World, kind: str) -> WatchTarget:
    group = world.skill.group
    role = world.skill.framework.roles.get(key="baker")
    targets: dict[str, WatchTarget] = {"skill": world.skill, "role": role, "group": group, "domain": group.domain}
    return targets[kind]


def kinds() -> dict[str, tuple[str, str]]:
    """Return the kind and the reason of each person's notice, by user name."""
    rows = Notification.objects.values_list("user__username", "kind", "reason")
    assert len(set(rows.values_list("user", "event"))) == len(rows)
    return {user: (kind, reason) for user, kind, reason in rows}


def of_reviewers(world: World) -> dict[str, tuple[str, str]]:
    return {reviewer.username: AS_REVIEWER for reviewer in (world.reviewer, world.other_reviewer)}


@pytest.mark.parametrize("kind", ["skill", "role", "group", "domain"])
def test_who_watches_is_notified_of_a_new_suggestion_and_why(world: World, kind: str) -> None:
    target = target_of(world, kind)
    [watcher] = make_watchers(target, 1)
    suggestion = world.suggested()
    notify_everyone()
    notice = watcher.notifications.get()
    assert (notice.kind, notice.reason, notice.reason_name) == (Kind.SUGGESTION, kind, target.name)
    assert (notice.event.suggestion, notice.event.actor) == (suggestion, world.author)


def test_the_nearest_watch_or_mute_decides_about_suggestions_too(world: World) -> None:
    [muting] = make_watchers(world.skill.group.domain, 1)
    watches.set_level(muting, world.skill, MUTE)
    [watching_all] = make_watchers(world.skill.group.domain, 1)
    watches.set_level(watching_all, world.skill.group, WATCH)
    world.suggested()
    notify_everyone()
    assert kinds() == {watching_all.username: (Kind.SUGGESTION, "group"), **of_reviewers(world)}


def test_who_watches_a_role_is_notified_of_suggestions_that_touch_it_alone(world: World) -> None:
    other = make_role(world.skill.framework, "Miller")
    [of_other], [of_baker] = make_watchers(other, 1), make_watchers(target_of(world, "role"), 1)
    world.suggested()
    notify_everyone()
    assert of_other.username not in list_notified()
    assert list_notified()[of_baker.username] == ("role", "Baker")


def test_a_suggestion_for_the_skill_as_a_whole_touches_its_roles(world: World) -> None:
    [watcher] = make_watchers(target_of(world, "role"), 1)
    make_role(world.skill.framework, "Miller")
    world.suggested(Change(Field.SUMMARY, "", "All of it."))
    notify_everyone()
    assert list_notified()[watcher.username] == ("role", "Baker")
    assert Event.objects.get().role_ids == [target_of(world, "role").pk]


def test_the_author_is_not_notified_of_their_own_suggestion(world: World) -> None:
    for author in (world.author, make_reviewer()):
        watches.set_level(author, world.skill, WATCH)
        world.suggested(author=author)
        notify_everyone()
        assert not author.notifications.filter(event__actor=author).exists()


def test_a_draft_notifies_nobody(world: World) -> None:
    drafts.start(world.author, world.skill, [world.kneading()], reason="Clearer.")
    assert not Event.objects.exists()


def test_reviewers_are_notified_that_it_waits_for_them(world: World) -> None:
    root = make_user(is_superuser=True)
    make_user(is_superuser=True, is_active=False)
    gone = make_reviewer()
    User.objects.filter(pk=gone.pk).update(is_active=False)
    make_user(is_staff=True)
    world.suggested()
    notify_everyone()
    assert kinds() == {root.username: AS_REVIEWER, **of_reviewers(world)}


@pytest.mark.parametrize("kind", ["skill", "role", "group", "domain"])
def test_a_reviewer_who_muted_it_is_not_notified(world: World, kind: str) -> None:
    watches.set_level(world.reviewer, target_of(world, kind), MUTE)
    world.suggested()
    notify_everyone()
    assert kinds() == {world.other_reviewer.username: AS_REVIEWER}


def test_a_reviewer_who_watches_as_well_gets_one_notice_that_it_waits(world: World) -> None:
    for kind in ("skill", "role", "group", "domain"):
        watches.set_level(world.reviewer, target_of(world, kind), WATCH)
    world.suggested()
    notify_everyone()
    assert kinds()[world.reviewer.username] == AS_REVIEWER
    assert world.reviewer.notifications.count() == 1


def test_whoever_may_decide_by_the_rule_is_found_by_the_rule(world: World) -> None:
    suggestion = world.suggested(author=make_reviewer())
    make_user(is_superuser=True)
    deciding.decline(suggestion, world.reviewer, world.spam)
    for _ in range(2):
        suggestion.refresh_from_db()
        reviewers = set(rules.list_eligible_reviewers(suggestion))
        assert reviewers == {person for person in User.objects.all() if rules.may_decide(person, suggestion)}
        assert (world.reviewer in reviewers) is not suggestion.second_reader_asked
        if not suggestion.second_reader_asked:
            author = suggestion.author
            assert author
            drafts.ask_second_reader(suggestion, author, "Please.")


def test_who_undid_their_decline_may_be_the_second_reader_and_is_found(world: World) -> None:
    suggestion = world.suggested()
    deciding.decline(suggestion, world.reviewer, world.spam)
    deciding.undo(suggestion, world.reviewer, "By mistake.")
    deciding.decline(suggestion, world.other_reviewer, world.spam)
    drafts.ask_second_reader(suggestion, world.author, "Please.")
    suggestion.refresh_from_db()
    assert rules.may_decide(world.reviewer, suggestion)
    assert set(rules.list_eligible_reviewers(suggestion)) == {world.reviewer}


def test_a_first_contribution_says_so_until_one_is_accepted(world: World) -> None:
    [watcher] = make_watchers(world.skill, 1)
    first = world.suggested()
    assert Event.objects.get().action == EventAction.FIRST
    deciding.accept(first, world.reviewer, significance=Significance.TYPO)
    world.suggested(world.cell(SENIOR, None, "Teaches."))
    notify_everyone()
    submitted = Event.objects.filter(kind=Kind.SUGGESTION).order_by("pk")
    assert list(submitted.values_list("action", flat=True)) == [EventAction.FIRST, EventAction.SUBMITTED]
    assert watcher.notifications.get().is_first


@pytest.mark.parametrize("is_first_last", [True, False])
def test_a_burst_of_suggestions_is_one_notice_that_keeps_the_first_contribution(
    world: World, is_first_last: bool
) -> None:
    [watcher] = make_watchers(world.skill, 1)
    old_hand = make_user()
    accepted = world.suggested(author=old_hand)
    deciding.accept(accepted, world.reviewer, significance=Significance.TYPO)
    notify_everyone()
    Notification.objects.all().delete()
    first, last = (old_hand, world.author) if is_first_last else (world.author, old_hand)
    world.suggested(world.cell(SENIOR, None, "Teaches."), author=first)
    world.suggested(world.cell(SENIOR, None, "Teaches all."), author=last)
    notify_everyone()
    for person, kind in ((watcher, Kind.SUGGESTION), (world.reviewer, Kind.REVIEW_WAITING)):
        notice = person.notifications.get()
        assert (notice.kind, notice.count, notice.is_first, notice.event.actor) == (kind, 2, True, last)


def test_an_answer_goes_to_the_reviewer_who_asked_alone(world: World) -> None:
    make_watchers(world.skill, 1)
    suggestion = world.suggested()
    deciding.request_changes(suggestion, world.reviewer, "Which dough?")
    notify_everyone()
    Notification.objects.all().delete()
    watches.set_level(world.reviewer, world.skill, MUTE)
    drafts.submit(suggestion, world.author, confirmed=True)
    notify_everyone()
    assert kinds() == {world.reviewer.username: (Kind.REVIEW_WAITING, Reason.OWN)}
    assert Notification.objects.get().event.action == EventAction.ANSWERED


@pytest.mark.parametrize("how", ["left", "no longer reviews"])
def test_an_answer_to_a_reviewer_who_no_longer_reviews_goes_to_all(world: World, how: str) -> None:
    suggestion = world.suggested()
    deciding.request_changes(suggestion, world.reviewer, "Which dough?")
    notify_everyone()
    Notification.objects.all().delete()
    if how == "left":
        world.reviewer.delete()
    else:
        world.reviewer.groups.clear()
    drafts.submit(suggestion, world.author, confirmed=True)
    notify_everyone()
    assert kinds() == {world.other_reviewer.username: AS_REVIEWER}


def test_those_who_did_not_decline_are_asked_for_a_second_reading(world: World) -> None:
    make_watchers(world.skill, 1)
    suggestion = world.suggested()
    deciding.decline(suggestion, world.reviewer, world.spam)
    notify_everyone()
    Notification.objects.all().delete()
    drafts.ask_second_reader(suggestion, world.author, "Please read it again.")
    notify_everyone()
    assert kinds() == {world.other_reviewer.username: AS_REVIEWER}
    assert Notification.objects.get().event.action == EventAction.SECOND_READER


def test_notifying_is_a_task_enqueued_when_the_suggestion_is_committed(
    world: World, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        world.suggested()
    assert not DBTaskResult.objects.exists()
    for callback in callbacks:
        callback()
    task = DBTaskResult.objects.get()
    assert (task.task_path, task.args_kwargs["args"]) == (
        "community.events.tasks.notify_of_event",
        [Event.objects.get().pk],
    )


def test_submitting_costs_the_same_however_many_watch_and_review(world: World) -> None:
    counts = []
    for people in (0, 30):
        make_watchers(world.skill, people)
        for _ in range(people):
            make_reviewer()
        author = make_user()
        with CaptureQueriesContext(connection) as queries:
            suggestion = world.suggested(author=author)
        counts.append(len(queries))
        drafts.withdraw(suggestion, author)  # each is compared with what is open
    assert counts[0] == counts[1]


def test_watchers_and_reviewers_are_notified_together_in_batches_in_their_order(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audience, "BATCH_SIZE", 4)
    expected = {*of_reviewers(world)}
    for _ in range(5):
        expected |= {user.username for user in make_watchers(world.skill, 2)}
        expected.add(make_reviewer().username)
    world.suggested()
    counts, seen = [], []
    batches = audience.build_recipient_batches(Event.objects.select_related("suggestion").get())
    while True:
        with CaptureQueriesContext(connection) as queries:
            batch = next(batches, None)
        counts.append(len(queries))
        if batch is None:
            break
        assert [recipient.user_id for recipient in batch.recipients][-1] == batch.last_user_id
        seen += [recipient.user_id for recipient in batch.recipients]
    assert counts == [5, 2, 2, 2, 2, 1]
    assert seen == sorted(set(seen))
    assert {user.username for user in User.objects.filter(pk__in=seen)} == expected
