"""Who is to be told of an event, of what kind it is for them, and why.

The rule: of all of a person's watches and mutes that match an event, the nearest decides.
The skill is nearer than the roles that the event touches, these are nearer than the skill's
group, and the group is nearer than its domain. Among several roles a watch wins over a mute.
Of what waits for a review each reviewer is told as if they watched everything, farther away
than any domain; this is their one notice, whatever they watch besides. A decision is told to
its author alone and an answer to the reviewer who asked for it, whatever they watch or mute,
and what moderators did to the one person it concerns.
A comment speaks to those it mentions, to the writer it answers and to the author of the
suggestion it is about, who hear of it whatever they mute but its thread.
Nobody is told of their own act, and nobody whose account is not active.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import QuerySet

from community import rules
from community.events import mentions
from community.models import Comment, Event, EventAction, Kind, Reason, ThreadMute, Watch
from community.watching.watches import build_watch_condition
from skills.models import Revision, Role, Skill

BATCH_SIZE = 500

WATCHER_KINDS = frozenset({Kind.CONTENT_CHANGED, Kind.SUGGESTION, Kind.COMMENT})
REVIEWER_KINDS = frozenset({Kind.SUGGESTION, Kind.REVIEW_WAITING})
REPORTER_ACTIONS = frozenset({EventAction.REPORT_AGREED, EventAction.REPORT_DISAGREED, EventAction.REPORT_IGNORED})


class Recipient(NamedTuple):
    """Somebody to be told, what it is for them, and why: `reason_name` is the name of what they watch."""

    user_id: int
    kind: Kind
    reason: Reason
    reason_name: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some of those to be told, and the highest primary key of a user who was considered for it."""

    last_user_id: int
    recipients: Sequence[Recipient]


class _WatchMatch(NamedTuple):
    """A watch or mute that matches an event; the least of several decides."""

    nearness: int
    is_mute: bool
    name: str
    reason: Reason


class _Concern(NamedTuple):
    """What an event is for somebody whom it concerns besides what they watch."""

    watch_match: _WatchMatch
    kind: Kind


_AS_REVIEWER = _Concern(_WatchMatch(4, is_mute=False, name="", reason=Reason.REVIEWER), Kind.REVIEW_WAITING)
_MENTIONED = _Concern(_WatchMatch(-1, is_mute=False, name="", reason=Reason.MENTIONED), Kind.MENTION)
_ANSWERED = _Concern(_WatchMatch(-1, is_mute=False, name="", reason=Reason.OWN), Kind.REPLY)
_COMMENTED = _Concern(_WatchMatch(-1, is_mute=False, name="", reason=Reason.OWN), Kind.COMMENT)


def build_recipient_batches(event: Event, after_user_id: int = 0) -> Iterator[Batch]:
    """Yield those who are to be told of an event, in the order of their primary keys, from `after` on.

    No more than one batch of at most `BATCH_SIZE` people is in memory, and each costs two
    queries; the numbers of the reviewers, who are few, are asked for once. Group and domain
    are those in which the skill stands when people are told.
    """
    alone = _find_single_recipient_id(event)
    if alone is None:
        yield from _build_watcher_batches(event, after_user_id)
    elif alone > after_user_id:
        yield Batch(alone, [Recipient(alone, Kind(event.kind), _get_single_reason(event), "")])


def _get_single_reason(event: Event) -> Reason:
    if event.action in REPORTER_ACTIONS:
        return Reason.REPORTER
    is_of_account = event.kind == Kind.MODERATION and event.suggestion_id is None and event.comment_id is None
    return Reason.ACCOUNT if is_of_account else Reason.OWN


def _find_single_recipient_id(event: Event) -> int | None:
    """Return whom alone an event concerns: a decision its author, an answer who asked for it, if they still review."""
    if event.kind == Kind.MODERATION:
        return event.recipient_id
    if event.suggestion is None:
        return None
    if event.kind == Kind.DECISION:
        return event.suggestion.author_id
    if event.action == EventAction.ANSWERED and event.decision:
        asked = rules.list_eligible_reviewers(event.suggestion).filter(decisions=event.decision)
        return asked.values_list("pk", flat=True).first()
    return None


def _build_watcher_batches(event: Event, after_user_id: int) -> Iterator[Batch]:
    assert event.skill_id is not None  # only what concerns one person is about no skill
    skill = Skill.objects.with_group().get(pk=event.skill_id)
    roles = dict(Role.objects.filter(pk__in=event.role_ids).values_list("pk", "name"))
    not_told = _list_excluded_user_ids(event)
    wishes = Watch.objects.filter(build_watch_condition(skill, roles), user__is_active=True).exclude(user__in=not_told)
    watchers = wishes.filter(level=Watch.Level.WATCH) if event.kind in WATCHER_KINDS else wishes.none()
    concerned = {user: told for user, told in _find_concerned_users(event).items() if user not in not_told}
    while users := _list_next_user_ids(watchers, concerned.keys(), after_user_id):
        nearest = _find_nearest_matches(users, wishes.filter(user__in=users), concerned, skill, roles)
        after_user_id = users[-1]
        yield Batch(
            after_user_id,
            [_build_recipient(event, user, wish, concerned) for user, wish in nearest if not wish.is_mute],
        )


def _list_excluded_user_ids(event: Event) -> list[int]:
    """Return whose own act it is: who did it, who reviewed what was published, and who made the suggestion.

    Of a comment nor those who have muted its thread.
    """
    if event.comment is not None:
        muted = ThreadMute.objects.filter(thread=event.comment.thread_id).values_list("user", flat=True)
        return [*muted, *([event.actor_id] if event.actor_id else [])]
    doers = [event.actor_id, event.suggestion.author_id if event.suggestion else None]
    if event.revision_id is not None:
        doers += Revision.objects.filter(pk=event.revision_id).values_list("reviewer", flat=True)
    return [doer for doer in doers if doer is not None]


def _find_concerned_users(event: Event) -> Mapping[int, _Concern]:
    if event.comment is not None:
        return _find_comment_addressees(event.comment)
    if event.suggestion is None or event.kind not in REVIEWER_KINDS:
        return {}
    return dict.fromkeys(rules.list_eligible_reviewers(event.suggestion).values_list("pk", flat=True), _AS_REVIEWER)


def _find_comment_addressees(comment: Comment) -> Mapping[int, _Concern]:
    """Return whom a comment speaks to: those it mentions first, then the writer it answers, then of the suggestion.

    They hear of it whatever they mute, but for its thread.
    """
    told: dict[int, _Concern] = {}
    if comment.suggestion and comment.suggestion.author_id:
        told[comment.suggestion.author_id] = _COMMENTED
    if comment.parent and comment.parent.author_id:
        told[comment.parent.author_id] = _ANSWERED
    return told | dict.fromkeys(mentions.find_mentioned_user_ids(comment.body).values(), _MENTIONED)


def _list_next_user_ids(watchers: QuerySet[Watch], concerned: Set[int], after_user_id: int) -> Sequence[int]:
    """Return the next people who watch or are concerned; who only mutes need not be looked at."""
    following = watchers.filter(user__gt=after_user_id).order_by("user").values_list("user", flat=True)
    others = {user for user in concerned if user > after_user_id}
    return sorted(others.union(following.distinct()[:BATCH_SIZE]))[:BATCH_SIZE]


def _find_nearest_matches(
    user_ids: Iterable[int],
    watches: Iterable[Watch],
    concerned: Mapping[int, _Concern],
    skill: Skill,
    roles: Mapping[int, str],
) -> Iterator[tuple[int, _WatchMatch]]:
    """Yield each person's wish that decides; who has let everything go a moment ago has none."""
    wishes = {user: [concerned[user].watch_match] if user in concerned else [] for user in user_ids}
    for watch in watches:
        wishes[watch.user_id].append(_build_watch_match(watch, skill, roles))
    yield from ((user, min(theirs)) for user, theirs in wishes.items() if theirs)


def _build_watch_match(watch: Watch, skill: Skill, roles: Mapping[int, str]) -> _WatchMatch:
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
    if user_id in concerned:
        told = concerned[user_id]
        return Recipient(user_id, told.kind, told.watch_match.reason, "")
    return Recipient(user_id, Kind(event.kind), watch_match.reason, watch_match.name)
