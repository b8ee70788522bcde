"""Shared by tests of watching: people who watch, changes of a skill, and a worker that notifies people of them."""

from itertools import count

from accounts.models import User
from community.events import fanout
from community.models import Event, Notification, Watch
from community.models.watching import WatchTarget
from community.watching.watches import get_target_kind
from skills import revisions
from skills.content.changes import Change, Field
from skills.content.matrix import Cell, Place
from skills.models import Revision, Role, Significance, Skill
from tests.factories import cell

_numbers = count(1)


def make_watchers(target: WatchTarget, number: int) -> list[User]:
    """Return this number of new people who all watch one target."""
    names = [f"watcher{next(_numbers)}" for _ in range(number)]
    users = User.objects.bulk_create(User(username=name, email=f"{name}@example.org") for name in names)
    Watch.objects.bulk_create(Watch(user=user, **{get_target_kind(target): target}) for user in users)
    return users


def change_cell(
    skill: Skill,
    role: Role | None = None,
    *,
    author: User | None = None,
    significance: Significance = Significance.MEDIUM,
) -> Revision:
    """Publish a new text for a role's first cell, of any role if none is given."""
    cells = revisions.get_content(Skill.objects.with_group().get(pk=skill.pk)).matrix.cells
    place = next(place for place in sorted(cells) if role is None or place.role == role.key)
    return _publish(skill, Change(Field.REQUIREMENT, cells[place], _new_cell(), place), author, significance)


def change_summary(skill: Skill, *, author: User | None = None) -> Revision:
    """Publish a new summary."""
    today = Skill.objects.get(pk=skill.pk).summary
    change = Change(Field.SUMMARY, today, f"Summary {next(_numbers)}.")
    return _publish(skill, change, author, Significance.MEDIUM)


def add_cell(skill: Skill, place: Place) -> Revision:
    """Publish a new cell."""
    return _publish(skill, Change(Field.REQUIREMENT, None, _new_cell(), place), None, Significance.MEDIUM)


def _new_cell() -> Cell:
    return cell(f"Text {next(_numbers)}.")


def _publish(skill: Skill, change: Change, author: User | None, significance: Significance) -> Revision:
    origin = Revision.Origin.ADMIN
    return revisions.publish(skill, [change], author=author, origin=origin, significance=significance)


def notify_everyone() -> None:
    """Do what the worker does, until everyone is notified."""
    fanout.notify_of_unfinished_events()
    assert not Event.objects.filter(finished_at__isnull=True).exists()


def list_notified(skill: Skill | None = None) -> dict[str, tuple[str, str]]:
    """Return the reason of each person's notice and the name of what they watch, by user name."""
    notices = Notification.objects.all() if skill is None else Notification.objects.filter(skill=skill)
    rows = notices.values_list("user__username", "reason", "reason_name")
    return {user: (reason, name) for user, reason, name in rows}
