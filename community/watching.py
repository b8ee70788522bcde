"""Who watches what, and who is to be told of an event, and why.

The rule: of all of a person's watches and mutes that match an event, the nearest decides.
The skill is nearer than the roles that the event touches, these are nearer than the skill's
group, and the group is nearer than its domain. Among several roles a watch wins over a mute.
Nobody is told of their own act, and nobody whose account is not active.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from django.db import connection
from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Lower

from accounts.models import User
from community.models import Event, Reason, Watch
from community.models.watch import Target
from skills.models import Domain, Group, Role, Skill

BATCH_SIZE = 500

TARGET_MODELS: Mapping[str, type[Target]] = {"skill": Skill, "role": Role, "group": Group, "domain": Domain}

# Asked for every page with a watch button; through a query set it would cost many times as much.
_COUNTS = {
    "skill": "SELECT COUNT(*) FROM community_watch WHERE skill_id = %s AND level = 'watch'",
    "role": "SELECT COUNT(*) FROM community_watch WHERE role_id = %s AND level = 'watch'",
    "group": "SELECT COUNT(*) FROM community_watch WHERE group_id = %s AND level = 'watch'",
    "domain": "SELECT COUNT(*) FROM community_watch WHERE domain_id = %s AND level = 'watch'",
}


class Recipient(NamedTuple):
    """Somebody to be told, and why: `reason_name` is the name of what they watch."""

    user_id: int
    reason: Reason
    reason_name: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some of those to be told, and the highest primary key of a user who was considered for it."""

    up_to: int
    recipients: Sequence[Recipient]


class _Wish(NamedTuple):
    """A watch or mute that matches an event; the least of several decides."""

    nearness: int
    is_mute: bool
    name: str
    reason: Reason


def kind_of(target: Target) -> str:
    """Return "skill", "role", "group" or "domain"."""
    return target._meta.model_name or ""


def set_level(user: User, target: Target, level: Watch.Level | None) -> None:
    """Let somebody watch or mute a thing, or (None) neither. Said twice, or by two at once, it is said once."""
    kind = kind_of(target)
    if level is None:
        user.watches.filter(**{kind: target}).delete()
        return
    wish = Watch(user=user, level=Watch.Level(level), **{kind: target})
    Watch.objects.bulk_create([wish], update_conflicts=True, unique_fields=[kind, "user"], update_fields=["level"])


def set_levels(user: User, watches: Iterable[int], level: Watch.Level | None) -> int:
    """Change or (None) end several of somebody's watches, by primary key; returns how many of theirs there were."""
    chosen = user.watches.filter(pk__in=list(watches))
    return chosen.delete()[0] if level is None else chosen.update(level=Watch.Level(level))


def level_of(user: User, target: Target) -> Watch.Level | None:
    """Return what somebody wishes of a thing, None where they have said nothing."""
    return level_of_key(user, kind_of(target), target.pk)


def level_of_key(user: User, kind: str, pk: int) -> Watch.Level | None:
    """Return what somebody wishes of what kind and primary key name."""
    level = user.watches.filter(**{kind: pk}).values_list("level", flat=True).first()
    return Watch.Level(level) if level else None


def find(kind: str, pk: int) -> Target | None:
    """Return the thing that kind and primary key name, None where there is none."""
    if kind == "group":
        return Group.objects.select_related("domain").filter(pk=pk).first()  # its address needs the domain's
    model = TARGET_MODELS.get(kind)
    target: Target | None = model._default_manager.filter(pk=pk).first() if model else None
    return None if isinstance(target, Skill) and target.is_suggested else target


def watches_of(user: User) -> QuerySet[Watch]:
    """Return somebody's watches and mutes with what they are about."""
    return user.watches.select_related(
        "skill__framework", "skill__group__domain", "role__framework", "group__domain__framework", "domain__framework"
    )


def list_of(user: User) -> QuerySet[Watch]:
    """Return somebody's watches and mutes as they are listed: by kind, then by name."""
    kind = Case(*(When(**{f"{name}__isnull": False}, then=Value(place)) for place, name in enumerate(TARGET_MODELS)))
    name = Lower(Coalesce(*(f"{name}__name" for name in TARGET_MODELS)))
    return watches_of(user).annotate(place=kind, name=name).order_by("place", "name", "pk")


def watcher_count(target: Target) -> int:
    """Return how many people watch a thing; mutes do not count."""
    return count_watchers(kind_of(target), target.pk)


def count_watchers(kind: str, pk: int) -> int:
    """Return how many people watch what `kind` and primary key name."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS[kind], [pk])
        count: int = cursor.fetchone()[0]
    return count


def is_watched(skill: Skill, role_ids: Collection[int]) -> bool:
    """Return whether anybody watches a skill, one of these roles, the skill's group or its domain."""
    return Watch.objects.filter(_matching(skill, role_ids), level=Watch.Level.WATCH).exists()


def batches_to_tell(event: Event, after: int = 0) -> Iterator[Batch]:
    """Yield those who are to be told of an event, in the order of their primary keys, from `after` on.

    Two queries to begin with and two for each batch of at most `BATCH_SIZE` people; no
    more than one batch is in memory. Group and domain are those in which the skill stands
    when people are told.
    """
    skill = Skill.objects.with_place().get(pk=event.skill_id)
    roles = dict(Role.objects.filter(pk__in=event.role_ids).values_list("pk", "name"))
    matching = Watch.objects.filter(_matching(skill, roles), user__is_active=True).exclude(user=event.actor_id)
    while users := _next_watchers(matching, after):
        watches = matching.filter(user__in=users).order_by("user")
        by_user = groupby(watches, key=lambda watch: watch.user_id)
        decided = [(user, min(_wish(watch, skill, roles) for watch in theirs)) for user, theirs in by_user]
        after = users[-1]
        yield Batch(after, [Recipient(user, wish.reason, wish.name) for user, wish in decided if not wish.is_mute])


def _next_watchers(matching: QuerySet[Watch], after: int) -> list[int]:
    """Return the next people who watch something that matches; who only mutes need not be looked at."""
    watchers = matching.filter(level=Watch.Level.WATCH, user__gt=after).order_by("user")
    return list(watchers.values_list("user", flat=True).distinct()[:BATCH_SIZE])


def _matching(skill: Skill, role_ids: Collection[int]) -> Q:
    return Q(skill=skill) | Q(role__in=list(role_ids)) | Q(group=skill.group_id) | Q(domain=skill.group.domain_id)


def _wish(watch: Watch, skill: Skill, roles: Mapping[int, str]) -> _Wish:
    is_mute = watch.level == Watch.Level.MUTE
    if watch.skill_id:
        return _Wish(0, is_mute, skill.name, Reason.SKILL)
    if watch.role_id:
        return _Wish(1, is_mute, roles[watch.role_id], Reason.ROLE)
    if watch.group_id:
        return _Wish(2, is_mute, skill.group.name, Reason.GROUP)
    return _Wish(3, is_mute, skill.group.domain.name, Reason.DOMAIN)
