"""Who watches or mutes what; community/events/audience.py says what follows of it."""

from collections.abc import Collection, Iterable, Mapping

from django.db import connection
from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Lower

from accounts.models import User
from community.models import Comment, Suggestion, Watch
from community.models.watching import WatchTarget
from skills.models import Domain, Group, Role, Skill

TARGET_MODELS: Mapping[str, type[WatchTarget]] = {"skill": Skill, "role": Role, "group": Group, "domain": Domain}

# Asked for every page with a watch button; through a query set it would cost many times as much.
_COUNT_QUERIES = {
    "skill": "SELECT COUNT(*) FROM community_watch WHERE skill_id = %s AND level = 'watch'",
    "role": "SELECT COUNT(*) FROM community_watch WHERE role_id = %s AND level = 'watch'",
    "group": "SELECT COUNT(*) FROM community_watch WHERE group_id = %s AND level = 'watch'",
    "domain": "SELECT COUNT(*) FROM community_watch WHERE domain_id = %s AND level = 'watch'",
}


def get_target_kind(target: WatchTarget) -> str:
    """Return "skill", "role", "group" or "domain"."""
    return target._meta.model_name or ""


def set_level(user: User, target: WatchTarget, level: Watch.Level | None) -> None:
    """Let somebody watch or mute a thing, or (None) neither. Said twice, or by two at once, it is said once."""
    kind = get_target_kind(target)
    if level is None:
        user.watches.filter(**{kind: target}).delete()
        return
    wish = Watch(user=user, level=Watch.Level(level), **{kind: target})
    fields = ["level", "by_taking_part"]
    Watch.objects.bulk_create([wish], update_conflicts=True, unique_fields=[kind, "user"], update_fields=fields)


def watch_by_taking_part(user: User, skill: Skill) -> None:
    """Let somebody who suggests or says something of a skill for the first time watch it, unless they said otherwise.

    What they wish of the skill stays as it is, and where its group or domain is muted nothing
    is added. Only the first time: who lets it go afterwards never watches it by taking part again.
    """
    took_part = Suggestion.objects.filter(author=user, skill=skill, submitted_at__isnull=False)
    muted = user.watches.filter(Q(group=skill.group_id) | Q(domain=skill.group.domain_id), level=Watch.Level.MUTE)
    said = Comment.objects.filter(author=user, skill=skill)
    if not took_part.exists() and not said.exists() and not muted.exists():
        Watch.objects.bulk_create([Watch(user=user, skill=skill, by_taking_part=True)], ignore_conflicts=True)


def move_watchers(skill: Skill) -> None:
    """Let who watches a skill that became the same as another watch that one, unless they have said a word of it."""
    watchers = Watch.objects.filter(skill=skill, level=Watch.Level.WATCH)
    new = watchers.exclude(user__watches__skill=skill.same_as_id).values_list("user", flat=True)
    watches = [Watch(user_id=user, skill_id=skill.same_as_id, level=Watch.Level.WATCH) for user in new]
    Watch.objects.bulk_create(watches, ignore_conflicts=True, batch_size=1000)


def set_levels(user: User, watch_ids: Iterable[int], level: Watch.Level | None) -> int:
    """Change or (None) end several of somebody's watches, by primary key; returns how many of theirs there were."""
    chosen = user.watches.filter(pk__in=list(watch_ids))
    return chosen.delete()[0] if level is None else chosen.update(level=Watch.Level(level), by_taking_part=False)


def get_watch_level(user: User, target: WatchTarget) -> Watch.Level | None:
    """Return what somebody wishes of a thing, None where they have said nothing."""
    wish = find_watch(user, get_target_kind(target), target.pk)
    return Watch.Level(wish.level) if wish else None


def is_by_taking_part(user: User, skill: Skill) -> bool:
    """Return whether somebody watches a skill because they took part, without having said so."""
    return user.watches.filter(skill=skill, level=Watch.Level.WATCH, by_taking_part=True).exists()


def find_watch(user: User, kind: str, pk: int) -> Watch | None:
    """Return somebody's watch or mute of what kind and primary key name."""
    return user.watches.filter(**{kind: pk}).first()


def find_target(kind: str, pk: int) -> WatchTarget | None:
    """Return the thing that kind and primary key name, None where there is none."""
    if kind == "group":
        return Group.objects.select_related("domain").filter(pk=pk).first()  # its address needs the domain's
    model = TARGET_MODELS.get(kind)
    target: WatchTarget | None = model._default_manager.filter(pk=pk).first() if model else None
    return None if isinstance(target, Skill) and target.is_suggested else target


def list_watches(user: User) -> QuerySet[Watch]:
    """Return somebody's watches and mutes with what they are about."""
    return user.watches.select_related(
        "skill__framework", "skill__group__domain", "role__framework", "group__domain__framework", "domain__framework"
    )


def list_ordered_watches(user: User) -> QuerySet[Watch]:
    """Return somebody's watches and mutes as they are listed: by kind, then by name."""
    kind = Case(*(When(**{f"{name}__isnull": False}, then=Value(place)) for place, name in enumerate(TARGET_MODELS)))
    name = Lower(Coalesce(*(f"{name}__name" for name in TARGET_MODELS)))
    return list_watches(user).annotate(place=kind, name=name).order_by("place", "name", "pk")


def count_target_watchers(target: WatchTarget) -> int:
    """Return how many people watch a thing; mutes do not count."""
    return count_watchers(get_target_kind(target), target.pk)


def count_watchers(kind: str, pk: int) -> int:
    """Return how many people watch what `kind` and primary key name."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_QUERIES[kind], [pk])
        count: int = cursor.fetchone()[0]
    return count


def is_watched(skill: Skill, role_ids: Collection[int]) -> bool:
    """Return whether anybody watches a skill, one of these roles, the skill's group or its domain."""
    return Watch.objects.filter(build_watch_condition(skill, role_ids), level=Watch.Level.WATCH).exists()


def build_watch_condition(skill: Skill, role_ids: Collection[int]) -> Q:
    """Return which watches and mutes match what happens to a skill and these of its roles."""
    return Q(skill=skill) | Q(role__in=list(role_ids)) | Q(group=skill.group_id) | Q(domain=skill.group.domain_id)
