"""The audience of an event: who is notified, of what kind the event is for them, and why.

- Of all watches and mutes of a person that match an event, the nearest decides. The skill is nearer than the
  roles that the event touches, these are nearer than the skill's group, and the group is nearer than its domain.
  Among several roles a watch wins over a mute.
- Reviewers are notified of everything that waits for review, as if they watched something farther away than any
  domain. This is their only notice of the event, whatever they watch besides.
- A decision goes only to the author of the suggestion, an answer only to the reviewer who asked for it, and an
  action of moderation only to the person it concerns, whatever they watch or mute.
- That a skill was retired, merged or restored also goes to the authors of its undecided suggestions, drafts
  included, as if it were a decision on them: whatever they watch or mute.
- A comment also goes to the people it mentions, to the author of the comment it answers and to the author of the
  suggestion it is about. They are notified unless they mute its thread; other mutes do not matter.
- Nobody is notified of their own action, and nobody whose account is not active.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import QuerySet

from community import rules
from community.events import mentions
from community.models import Comment, Event, EventAction, Kind, Reason, Suggestion, ThreadMute, Watch
from community.models.notifications import SKILL_STATUS_ACTIONS
from community.watching.watches import build_watch_condition
from skills.models import Revision, Role, Significance, Skill

BATCH_SIZE = 500  # people

WATCHER_KINDS = frozenset({Kind.CONTENT_CHANGED, Kind.SUGGESTION, Kind.COMMENT})
"""The kinds of events of which watchers are notified."""

REVIEWER_KINDS = frozenset({Kind.SUGGESTION, Kind.REVIEW_WAITING})
"""The kinds of events of which reviewers are notified."""

REPORTER_ACTIONS = frozenset({EventAction.REPORT_AGREED, EventAction.REPORT_DISAGREED, EventAction.REPORT_IGNORED})
"""The actions of moderation that go to the reporter and not to the author."""


class Recipient(NamedTuple):
    """One person to notify, with the kind of their notice and the reason for it.

    `reason_name` is the name of what they watch, '' for another reason.
    """

    user_id: int
    kind: Kind
    reason: Reason
    reason_name: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some of the people to notify.

    `last_user_id` is the highest primary key of a user who was considered, whether they are notified or not: the
    next batch begins after it.
    """

    last_user_id: int
    recipients: Sequence[Recipient]


class _WatchMatch(NamedTuple):
    """A watch or mute that matches an event, or what counts as one.

    Matches are compared as tuples: first the nearest, then a watch (False) before a mute (True), then the name.
    The smallest one decides.
    """

    nearness: int
    is_mute: bool
    name: str
    reason: Reason


class _Concern(NamedTuple):
    """What an event is for a person whom it concerns for another reason than a watch."""

    watch_match: _WatchMatch
    kind: Kind


# Watches have the distances 0 to 3, see `_build_watch_match`. A reviewer's 4 is behind all of them, so that a mute
# wins; the −1 of those whom an event addresses is before all of them, so that no mute does.
_AS_REVIEWER = _Concern(_WatchMatch(4, is_mute=False, name="", reason=Reason.REVIEWER), Kind.REVIEW_WAITING)
_MENTIONED = _Concern(_WatchMatch(-1, is_mute=False, name="", reason=Reason.MENTIONED), Kind.MENTION)
_ANSWERED = _Concern(_WatchMatch(-1, is_mute=False, name="", reason=Reason.OWN), Kind.REPLY)
_AFFECTED = _Concern(_WatchMatch(-1, is_mute=False, name="", reason=Reason.OWN), Kind.DECISION)
_COMMENTED = _Concern(_WatchMatch(-1, is_mute=False, name="", reason=Reason.OWN), Kind.COMMENT)


def build_recipient_batches(event: Event, after_user_id: int = 0) -> Iterator[Batch]:
    """Yield the people to notify of an event in batches, in the order of their primary keys.

    `after_user_id` is the primary key after which to begin, 0 for all. At most one batch of `BATCH_SIZE` people is
    in memory, and each costs two queries; the primary keys of the reviewers, who are few, and of the authors of
    undecided suggestions are read once. Group and domain are the current ones of the skill, not those at the time of
    the event.
    """
    recipient_id = _find_single_recipient_id(event)
    if recipient_id is None:
        yield from _build_watcher_batches(event, after_user_id)
    elif recipient_id > after_user_id:  # otherwise they were notified before an interruption
        yield Batch(recipient_id, [Recipient(recipient_id, Kind(event.kind), _get_single_reason(event), "")])


def _get_single_reason(event: Event) -> Reason:
    """Return why the only recipient of an event is notified."""
    if event.action in REPORTER_ACTIONS:
        return Reason.REPORTER
    is_of_account = event.kind == Kind.MODERATION and event.suggestion_id is None and event.comment_id is None
    return Reason.ACCOUNT if is_of_account else Reason.OWN


def _find_single_recipient_id(event: Event) -> int | None:
    """Return the only person whom an event concerns, None if it concerns watchers or all reviewers.

    An answer goes to the reviewer who asked for it, as long as they may still decide on the suggestion.
    """
    if event.kind == Kind.MODERATION:
        return event.recipient_id
    if event.suggestion is None:
        return None
    if event.kind == Kind.DECISION:
        return event.suggestion.author_id
    if event.action == EventAction.ANSWERED and event.decision:
        reviewers = rules.list_eligible_reviewers(event.suggestion).filter(decisions=event.decision)
        return reviewers.values_list("pk", flat=True).first()
    return None


def _build_watcher_batches(event: Event, after_user_id: int) -> Iterator[Batch]:
    """Yield watchers and concerned people together.

    1. Load what is the same for all batches: skill, roles, excluded people, reviewers or addressees.
    2. For each batch take the next people, find the match that decides for each, and leave out mutes.
    """
    assert event.skill_id is not None  # only an event for a single person may be about no skill
    skill = Skill.objects.with_group().get(pk=event.skill_id)
    roles = dict(Role.objects.filter(pk__in=event.role_ids).values_list("pk", "name"))
    excluded_ids = _list_excluded_user_ids(event)
    watches = Watch.objects.filter(build_watch_condition(skill, roles), user__is_active=True)
    watches = watches.exclude(user__in=excluded_ids)
    # The retirement of a skill is recorded even as a typo, but then only for the authors of its suggestions.
    notifies_watchers = event.kind in WATCHER_KINDS and event.significance != Significance.TYPO
    watchers = watches.filter(level=Watch.Level.WATCH) if notifies_watchers else watches.none()
    concerned = {pk: concern for pk, concern in _find_concerned_users(event).items() if pk not in excluded_ids}
    while user_ids := _list_next_user_ids(watchers, concerned.keys(), after_user_id):
        # All watches and mutes of these people, also for events that do not go to watchers: reviewers may mute.
        nearest = _find_nearest_matches(user_ids, watches.filter(user__in=user_ids), concerned, skill, roles)
        after_user_id = user_ids[-1]
        yield Batch(
            after_user_id,
            [_build_recipient(event, pk, match, concerned) for pk, match in nearest if not match.is_mute],
        )


def _list_excluded_user_ids(event: Event) -> list[int]:
    """Return the primary keys of the people who are never notified of an event.

    They are those whose own action it is: the actor, the reviewer of the published revision, and the author of
    the suggestion. For a comment they are its author and everyone who mutes its thread.
    """
    if event.comment is not None:
        muted = ThreadMute.objects.filter(thread=event.comment.thread_id).values_list("user", flat=True)
        return [*muted, *([event.actor_id] if event.actor_id else [])]
    actor_ids = [event.actor_id, event.suggestion.author_id if event.suggestion else None]
    if event.revision_id is not None:
        actor_ids += Revision.objects.filter(pk=event.revision_id).values_list("reviewer", flat=True)
    return [pk for pk in actor_ids if pk is not None]


def _find_concerned_users(event: Event) -> Mapping[int, _Concern]:
    """Return the people whom an event concerns besides watchers, by primary key: addressees, authors, reviewers."""
    if event.comment is not None:
        return _find_comment_addressees(event.comment)
    if event.action in SKILL_STATUS_ACTIONS and event.skill_id is not None:
        affected = Suggestion.objects.affected_by_status(event.skill_id).filter(author__is_active=True)
        return dict.fromkeys(affected.values_list("author", flat=True).distinct(), _AFFECTED)
    if event.suggestion is None or event.kind not in REVIEWER_KINDS:
        return {}
    return dict.fromkeys(rules.list_eligible_reviewers(event.suggestion).values_list("pk", flat=True), _AS_REVIEWER)


def _find_comment_addressees(comment: Comment) -> Mapping[int, _Concern]:
    """Return the people whom a comment addresses, by primary key.

    Whoever is addressed in several ways gets the first of these: mentioned, answered, author of the suggestion.
    """
    # Later assignments replace earlier ones, so the weakest reason comes first.
    addressees: dict[int, _Concern] = {}
    if comment.suggestion and comment.suggestion.author_id:
        addressees[comment.suggestion.author_id] = _COMMENTED
    if comment.parent and comment.parent.author_id:
        addressees[comment.parent.author_id] = _ANSWERED
    return addressees | dict.fromkeys(mentions.find_mentioned_user_ids(comment.body), _MENTIONED)


def _list_next_user_ids(watchers: QuerySet[Watch], concerned: Set[int], after_user_id: int) -> Sequence[int]:
    """Return the next people who watch or are concerned, at most `BATCH_SIZE`. Whoever only mutes is not among them."""
    following = watchers.filter(user__gt=after_user_id).order_by("user").values_list("user", flat=True)
    others = {user_id for user_id in concerned if user_id > after_user_id}
    # Enough watchers: whoever is among the first BATCH_SIZE of both together is among the first of the watchers.
    return sorted(others.union(following.distinct()[:BATCH_SIZE]))[:BATCH_SIZE]


def _find_nearest_matches(
    user_ids: Iterable[int],
    watches: Iterable[Watch],
    concerned: Mapping[int, _Concern],
    skill: Skill,
    roles: Mapping[int, str],
) -> Iterator[tuple[int, _WatchMatch]]:
    """Yield each person's match that decides, by primary key; none for those who ended their watches a moment ago."""
    matches = {pk: [concerned[pk].watch_match] if pk in concerned else [] for pk in user_ids}
    for watch in watches:
        matches[watch.user_id].append(_build_watch_match(watch, skill, roles))
    yield from ((pk, min(of_user)) for pk, of_user in matches.items() if of_user)


def _build_watch_match(watch: Watch, skill: Skill, roles: Mapping[int, str]) -> _WatchMatch:
    """Return a watch or mute with its distance; `roles` are the names of the roles by primary key."""
    is_mute = watch.level == Watch.Level.MUTE
    if watch.skill_id:
        return _WatchMatch(0, is_mute, skill.name, Reason.SKILL)
    if watch.role_id:
        return _WatchMatch(1, is_mute, roles[watch.role_id], Reason.ROLE)
    if watch.group_id:
        return _WatchMatch(2, is_mute, skill.group.name, Reason.GROUP)
    return _WatchMatch(3, is_mute, skill.group.domain.name, Reason.DOMAIN)


def _build_recipient(
    event: Event, user_id: int, watch_match: _WatchMatch, concerned: Mapping[int, _Concern]
) -> Recipient:
    """Return the recipient with their kind and reason: a concern wins over a watch, even a nearer one."""
    if user_id in concerned:
        concern = concerned[user_id]
        return Recipient(user_id, concern.kind, concern.watch_match.reason, "")
    return Recipient(user_id, Kind(event.kind), watch_match.reason, watch_match.name)
