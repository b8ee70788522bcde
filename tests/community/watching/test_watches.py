"""Who watches what, and who is notified because of it, rule by rule."""

from collections.abc import Sequence

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from community.events import audience
from community.events.audience import BATCH_SIZE
from community.models import Event, Kind, Watch
from community.models.watching import WatchTarget
from community.watching import watches
from skills.content.matrix import Place
from skills.models import Role, Skill
from tests.community.events.factories import (
    add_cell,
    change_cell,
    change_summary,
    list_notified,
    make_watchers,
    notify_everyone,
)
from tests.factories import make_catalogue, make_role, make_user

pytestmark = pytest.mark.django_db

WATCH, MUTE = Watch.Level.WATCH, Watch.Level.MUTE


@pytest.fixture
def skill() -> Skill:
    make_catalogue(roles=3)
    return Skill.objects.with_group().get()


def target_of(skill: Skill, kind: str) -> WatchTarget:
    group = skill.group
    role = Role.objects.filter(framework=skill.framework_id).order_by("name")[0]
    targets: dict[str, WatchTarget] = {"skill": skill, "group": group, "domain": group.domain, "role": role}
    return targets[kind]


def set_levels(user: User, *choices: tuple[WatchTarget, Watch.Level]) -> User:
    for target, level in choices:
        watches.set_level(user, target, level)
    return user


@pytest.mark.parametrize("kind", ["skill", "group", "domain", "role"])
def test_a_thing_is_watched_muted_and_neither(skill: Skill, kind: str) -> None:
    user, target = make_user(), target_of(skill, kind)
    for level in (WATCH, WATCH, MUTE, WATCH, None, None):
        watches.set_level(user, target, level)
        assert watches.get_watch_level(user, target) == level
        assert user.watches.count() == (1 if level else 0)


def test_a_level_costs_one_statement(skill: Skill, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = make_user()
    for level in (WATCH, WATCH, None):
        with django_assert_num_queries(1):
            watches.set_level(user, skill, level)


def test_the_database_keeps_one_watch_or_mute_of_one_thing(skill: Skill) -> None:
    user = set_levels(make_user(), (skill, WATCH))
    with pytest.raises(IntegrityError), transaction.atomic():
        Watch.objects.create(user=user, skill=skill, level=MUTE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Watch.objects.create(user=user, skill=skill, group=skill.group)
    with pytest.raises(IntegrityError), transaction.atomic():
        Watch.objects.create(user=user)
    assert user.watches.get().level == WATCH


@pytest.mark.parametrize("kind", ["skill", "group", "domain", "role"])
def test_mutes_are_not_counted_as_watchers(skill: Skill, kind: str) -> None:
    target = target_of(skill, kind)
    make_watchers(target, 2)
    set_levels(make_user(), (target, MUTE))
    assert watches.count_target_watchers(target) == 2


def test_several_watches_are_changed_at_once_and_only_one_s_own(skill: Skill) -> None:
    mine = set_levels(make_user(), (skill, WATCH), (skill.group, WATCH), (skill.group.domain, WATCH))
    other = set_levels(make_user(), (skill, WATCH))
    chosen = [watch.pk for watch in Watch.objects.filter(domain__isnull=True)]
    assert watches.set_levels(mine, chosen, MUTE) == (2, 0)
    assert sorted(mine.watches.values_list("level", flat=True)) == [MUTE, MUTE, WATCH]
    assert watches.set_levels(mine, chosen, None) == (2, 0)
    assert [watch.target for watch in watches.list_watches(mine)] == [skill.group.domain]
    assert watches.get_watch_level(other, skill) == WATCH


@pytest.mark.parametrize(
    ("kind", "reason"), [("skill", "skill"), ("role", "role"), ("group", "group"), ("domain", "domain")]
)
def test_who_watches_is_notified_and_reads_why(skill: Skill, kind: str, reason: str) -> None:
    target = target_of(skill, kind)
    user = set_levels(make_user(), (target, WATCH))
    change_cell(skill)
    notify_everyone()
    assert list_notified() == {user.username: (reason, target.name)}


def test_who_watches_something_else_is_not_notified(skill: Skill) -> None:
    make_catalogue()
    other = Skill.objects.with_group().exclude(pk=skill.pk).get()
    make_watchers(other, 1)
    make_watchers(other.group, 1)
    make_watchers(other.group.domain, 1)
    make_watchers(Role.objects.filter(framework=other.framework)[0], 1)
    set_levels(make_user(), (skill, WATCH))
    change_cell(skill)
    notify_everyone()
    assert list(list_notified(skill).values()) == [("skill", skill.name)]


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ([("skill", WATCH), ("role", WATCH), ("group", WATCH), ("domain", WATCH)], "skill"),
        ([("role", WATCH), ("group", WATCH), ("domain", WATCH)], "role"),
        ([("group", WATCH), ("domain", WATCH)], "group"),
        ([("skill", WATCH), ("role", MUTE), ("group", MUTE), ("domain", MUTE)], "skill"),
        ([("role", WATCH), ("group", MUTE), ("domain", MUTE)], "role"),
        ([("group", WATCH), ("domain", MUTE)], "group"),
        ([("skill", MUTE), ("role", WATCH), ("group", WATCH), ("domain", WATCH)], None),
        ([("role", MUTE), ("group", WATCH), ("domain", WATCH)], None),
        ([("group", MUTE), ("domain", WATCH)], None),
        ([("domain", MUTE)], None),
    ],
)
def test_the_nearest_watch_or_mute_decides_and_makes_one_notice(
    skill: Skill, choices: Sequence[tuple[str, Watch.Level]], expected: str | None
) -> None:
    user = set_levels(make_user(), *((target_of(skill, kind), level) for kind, level in choices))
    make_watchers(skill, 1)  # so that there is an event in any case
    change_cell(skill)
    notify_everyone()
    assert list_notified().get(user.username, (None, ""))[0] == expected
    assert user.notifications.count() == (1 if expected else 0)


def test_among_several_roles_a_watch_wins_over_a_mute(skill: Skill) -> None:
    first, second, third = Role.objects.order_by("name")
    user = set_levels(make_user(), (first, MUTE), (second, WATCH), (third, WATCH))
    change_summary(skill)
    notify_everyone()
    assert list_notified() == {user.username: ("role", second.name)}


def test_who_watches_a_role_is_notified_of_its_own_cells_only(skill: Skill) -> None:
    first, second = Role.objects.order_by("name")[:2]
    user = set_levels(make_user(), (second, WATCH))
    change_cell(skill, first)
    notify_everyone()
    assert list_notified() == {}
    change_cell(skill, second)
    notify_everyone()
    assert list_notified() == {user.username: ("role", second.name)}


def test_who_watches_a_role_is_notified_of_a_skill_that_newly_requires_it(skill: Skill) -> None:
    role = make_role(skill.framework, "Astrologer")
    user = set_levels(make_user(), (role, WATCH))
    add_cell(skill, Place(role.key, skill.framework.levels.order_by("rank")[0].slug))
    notify_everyone()
    assert list_notified() == {user.username: ("role", "Astrologer")}


def test_nobody_is_notified_of_their_own_action(skill: Skill) -> None:
    author = set_levels(make_user("author"), (skill, WATCH), (skill.group, WATCH))
    reader = set_levels(make_user("reader"), (skill, WATCH))
    change_cell(skill, author=author)
    notify_everyone()
    assert list(list_notified()) == [reader.username]


def test_an_inactive_account_is_not_notified(skill: Skill) -> None:
    set_levels(make_user(is_active=False), (skill, WATCH))
    user = set_levels(make_user(), (skill, WATCH))
    change_cell(skill)
    notify_everyone()
    assert list(list_notified()) == [user.username]


def test_batches_are_of_one_size_and_cost_two_queries_each(skill: Skill) -> None:
    make_watchers(skill, 2 * BATCH_SIZE + 1)
    make_watchers(skill.group, 1)
    for user in make_watchers(skill.group.domain, 3):
        set_levels(user, (Role.objects.order_by("name")[0], MUTE))
    event = Event(
        kind=Kind.CONTENT_CHANGED, skill=skill, actor=None, role_ids=list(Role.objects.values_list("pk", flat=True))
    )
    sizes, counts = [], []
    batches = audience.build_recipient_batches(event)
    while True:
        with CaptureQueriesContext(connection) as queries:
            batch = next(batches, None)
        counts.append(len(queries))
        if batch is None:
            break
        sizes.append(len(batch.recipients))
    assert sizes == [BATCH_SIZE, BATCH_SIZE, 2]
    assert counts == [4, 2, 2, 1]


def test_batches_continue_after_those_who_were_notified(skill: Skill) -> None:
    users = make_watchers(skill, 5)
    event = Event(kind=Kind.CONTENT_CHANGED, skill=skill)
    [batch] = audience.build_recipient_batches(event, after_user_id=users[1].pk)
    assert [recipient.user_id for recipient in batch.recipients] == [user.pk for user in users[2:]]
    assert batch.last_user_id == users[-1].pk
