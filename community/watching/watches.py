"""Who watches or mutes what. community/events/audience.py says who is notified because of it."""

from collections.abc import Collection, Iterable, Mapping

from django.db import connection, transaction
from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from community.models import Comment, Suggestion, Watch
from community.models.watching import WatchTarget
from community.posting import limiter
from community.posting.refusals import ChangedElsewhere
from skills.content.retirement import find_retirements
from skills.models import Domain, Group, Role, Skill

TARGET_MODELS: Mapping[str, type[WatchTarget]] = {"skill": Skill, "role": Role, "group": Group, "domain": Domain}
"""The models of what can be watched, by kind, in the order of the list of watches."""

CHANGED_ELSEWHERE = {
    Watch.Level.WATCH: _(
        "In another window you have chosen to watch this. Press the button again if you want something else."
    ),
    Watch.Level.MUTE: _("In another window you have muted this. Press the button again if you want something else."),
    None: _("In another window you have stopped watching this. Press the button again if you want something else."),
}

# Plain SQL because every page with a watch button runs one of them: a query set would cost many times as much.
_COUNT_QUERIES = {
    "skill": "SELECT COUNT(*) FROM community_watch WHERE skill_id = %s AND level = 'watch'",
    "role": "SELECT COUNT(*) FROM community_watch WHERE role_id = %s AND level = 'watch'",
    "group": "SELECT COUNT(*) FROM community_watch WHERE group_id = %s AND level = 'watch'",
    "domain": "SELECT COUNT(*) FROM community_watch WHERE domain_id = %s AND level = 'watch'",
}


def get_target_kind(target: WatchTarget) -> str:
    """Return the kind of a target: "skill", "role", "group" or "domain".

    It is the name of the field of `Watch` that points to the target, and the first part of its URL.
    """
    return target._meta.model_name or ""


def set_level(user: User, target: WatchTarget, level: Watch.Level | None, *, displayed: str | None = None) -> None:
    """Watch or mute a target for a person, or do neither (None).

    1. If the page displayed another level than the current one, raise `ChangedElsewhere`: it is older than a choice
       in another window. `displayed` is a level, '' for neither; None for no check.
    2. With None, delete the watch or mute if there is one.
    3. Otherwise create it or change its level; it is now chosen, not by taking part.

    Twice, or in two requests at once, has the same result as once.
    """
    if displayed is None:
        _save_level(user, target, level)
        return
    with transaction.atomic():
        # The account is locked, because there may be no watch to lock.
        limiter.lock_account(user)
        current = get_watch_level(user, target)
        if current != level and (current or "") != displayed:
            raise ChangedElsewhere(str(CHANGED_ELSEWHERE[current]))
        _save_level(user, target, level)


def _save_level(user: User, target: WatchTarget, level: Watch.Level | None) -> None:
    kind = get_target_kind(target)
    if level is None:
        user.watches.filter(**{kind: target}).delete()
        return
    watch = Watch(user=user, level=Watch.Level(level), **{kind: target})
    fields = ["level", "by_taking_part"]
    # One INSERT … ON CONFLICT DO UPDATE, so that two requests at once cannot collide.
    Watch.objects.bulk_create([watch], update_conflicts=True, unique_fields=[kind, "user"], update_fields=fields)


def watch_by_taking_part(user: User, skill: Skill) -> None:
    """Watch a skill for a person who suggests a change of it or comments on it for the first time.

    Call it before the suggestion is submitted or the comment saved. Nothing happens if the person

    - has taken part before: whoever ended the watch since then does not watch by taking part again;
    - watches or mutes the skill already;
    - mutes its group or domain.
    """
    suggestions = Suggestion.objects.filter(author=user, skill=skill, submitted_at__isnull=False)
    muted = user.watches.filter(Q(group=skill.group_id) | Q(domain=skill.group.domain_id), level=Watch.Level.MUTE)
    comments = Comment.objects.filter(author=user, skill=skill)
    if not suggestions.exists() and not comments.exists() and not muted.exists():
        # ignore_conflicts: a watch or mute of the skill itself stays as it is.
        Watch.objects.bulk_create([Watch(user=user, skill=skill, by_taking_part=True)], ignore_conflicts=True)


def move_watchers(skill: Skill) -> None:
    """Move the watchers of a skill that was merged into another, `skill.same_as`, to that skill.

    Those who watch or mute the other skill already keep their choice. The old watches stay too. Moved watches
    count as chosen, not as by taking part.
    """
    watchers = Watch.objects.filter(skill=skill, level=Watch.Level.WATCH)
    user_ids = watchers.exclude(user__watches__skill=skill.same_as_id).values_list("user", flat=True)
    watches = [Watch(user_id=user_id, skill_id=skill.same_as_id, level=Watch.Level.WATCH) for user_id in user_ids]
    # ignore_conflicts: a person may choose something for the other skill at this moment.
    Watch.objects.bulk_create(watches, ignore_conflicts=True, batch_size=1000)


def set_levels(
    user: User, watch_ids: Iterable[int], level: Watch.Level | None, displayed: Mapping[int, str] | None = None
) -> tuple[int, int]:
    """Set the level of several watches of a person, or end them (None).

    `watch_ids` are primary keys. Keys of other people's watches, or of none, are ignored. `displayed` are the levels
    that the page displayed, by primary key: a watch that has another level by now stays as it is. Returns how many
    were set, and how many stayed because of that.
    """
    displayed = displayed or {}
    with transaction.atomic():
        chosen = user.watches.filter(pk__in=list(watch_ids)).select_for_update()
        kept = {pk for pk, now in chosen.values_list("pk", "level") if now not in {displayed.get(pk, now), level}}
        rows = user.watches.filter(pk__in=[pk for pk in watch_ids if pk not in kept])
        count = rows.delete()[0] if level is None else rows.update(level=Watch.Level(level), by_taking_part=False)
    return count, len(kept)


def get_watch_level(user: User, target: WatchTarget) -> Watch.Level | None:
    """Return whether a person watches or mutes a target, None for neither.

    Only the target itself counts, not the group or domain around it.
    """
    watch = find_watch(user, get_target_kind(target), target.pk)
    return Watch.Level(watch.level) if watch else None


def is_by_taking_part(user: User, skill: Skill) -> bool:
    """Return whether a person watches a skill only because they took part.

    False once they choose a level themselves, even the same one.
    """
    return user.watches.filter(skill=skill, level=Watch.Level.WATCH, by_taking_part=True).exists()


def find_watch(user: User, kind: str, pk: int) -> Watch | None:
    """Return a person's watch or mute of a target, None if there is none.

    `kind` is a kind of `TARGET_MODELS`, `pk` the primary key of the target.
    """
    return user.watches.filter(**{kind: pk}).first()


def find_target(kind: str, pk: int) -> WatchTarget | None:
    """Return the target with this kind and primary key, None if it does not exist.

    `kind` may be any text of a URL. A skill that is only suggested cannot be watched: None.
    """
    if kind == "group":
        return Group.objects.select_related("domain").filter(pk=pk).first()  # its URL needs the domain
    model = TARGET_MODELS.get(kind)
    target: WatchTarget | None = model._default_manager.filter(pk=pk).first() if model else None
    return None if isinstance(target, Skill) and target.is_suggested else target


def list_watches(user: User) -> QuerySet[Watch]:
    """Return the watches and mutes of a person.

    Targets are loaded with their frameworks, for names, languages and URLs.
    """
    return user.watches.select_related(
        "skill__framework", "skill__group__domain", "role__framework", "group__domain__framework", "domain__framework"
    )


def list_ordered_watches(user: User) -> QuerySet[Watch]:
    """Return the watches and mutes of a person as they are listed: by kind, then by name.

    The order of kinds is that of `TARGET_MODELS`. Case of letters does not matter.
    """
    # Exactly one of the four fields is filled, so one branch matches and Coalesce has one name to find.
    kind = Case(*(When(**{f"{name}__isnull": False}, then=Value(place)) for place, name in enumerate(TARGET_MODELS)))
    sort_key = Coalesce(*(f"{name}__sort_key" for name in TARGET_MODELS))
    return list_watches(user).annotate(place=kind, sort_key=sort_key).order_by("place", "sort_key", "pk")


def attach_retirements(watches: Iterable[Watch]) -> list[Watch]:
    """Return watches with their attribute `retirement`, for lists; None for what is no retired skill.

    They come from `list_watches`. No query if all skills are current, otherwise the same number for any list.
    """
    rows = list(watches)
    retirements = find_retirements(row.skill for row in rows if row.skill is not None)
    for row in rows:
        row.retirement = retirements.get(row.skill_id or 0)  # no skill has the primary key 0
    return rows


def count_target_watchers(target: WatchTarget) -> int:
    """Return how many people watch a target; mutes do not count.

    For callers who have the target; otherwise `count_watchers` spares loading it.
    """
    return count_watchers(get_target_kind(target), target.pk)


def count_watchers(kind: str, pk: int) -> int:
    """Return how many people watch the target with this kind and primary key; mutes do not count.

    `kind` is a kind of `TARGET_MODELS`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_QUERIES[kind], [pk])
        count: int = cursor.fetchone()[0]
    return count


def is_watched(skill: Skill, role_ids: Collection[int]) -> bool:
    """Return whether anyone watches a skill, its group or domain, or one of these roles.

    `role_ids` are the primary keys of the roles that an event touches.
    """
    return Watch.objects.filter(build_watch_condition(skill, role_ids), level=Watch.Level.WATCH).exists()


def build_watch_condition(skill: Skill, role_ids: Collection[int]) -> Q:
    """Return the condition for watches and mutes that match an event of a skill.

    `role_ids` are the primary keys of the roles that the event touches. Load the skill with its group, whose
    domain is part of the condition.
    """
    return Q(skill=skill) | Q(role__in=list(role_ids)) | Q(group=skill.group_id) | Q(domain=skill.group.domain_id)
