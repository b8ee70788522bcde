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
from community.models import Comment, Deed, Event, Kind, Reason, ThreadMute, Watch
from community.watching.watches import matching
from skills.models import Revision, Role, Skill

BATCH_SIZE = 500

TO_WATCHERS = frozenset({Kind.CONTENT_CHANGED, Kind.SUGGESTION, Kind.COMMENT})
TO_REVIEWERS = frozenset({Kind.SUGGESTION, Kind.REVIEW_WAITING})
OF_REPORTERS = frozenset({Deed.REPORT_AGREED, Deed.REPORT_DISAGREED, Deed.REPORT_IGNORED})


class Recipient(NamedTuple):
    """Somebody to be told, what it is for them, and why: `reason_name` is the name of what they watch."""

    user_id: int
    kind: Kind
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


class _Told(NamedTuple):
    """What an event is for somebody whom it concerns besides what they watch."""

    wish: _Wish
    kind: Kind


_AS_REVIEWER = _Told(_Wish(4, is_mute=False, name="", reason=Reason.REVIEWER), Kind.REVIEW_WAITING)
_MENTIONED = _Told(_Wish(-1, is_mute=False, name="", reason=Reason.MENTIONED), Kind.MENTION)
_ANSWERED = _Told(_Wish(-1, is_mute=False, name="", reason=Reason.OWN), Kind.REPLY)
_COMMENTED = _Told(_Wish(-1, is_mute=False, name="", reason=Reason.OWN), Kind.COMMENT)


def batches_to_tell(event: Event, after: int = 0) -> Iterator[Batch]:
    """Yield those who are to be told of an event, in the order of their primary keys, from `after` on.

    No more than one batch of at most `BATCH_SIZE` people is in memory, and each costs two
    queries; the numbers of the reviewers, who are few, are asked for once. Group and domain
    are those in which the skill stands when people are told.
    """
    alone = _alone(event)
    if alone is None:
        yield from _batches(event, after)
    elif alone > after:
        yield Batch(alone, [Recipient(alone, Kind(event.kind), _why_alone(event), "")])


def _why_alone(event: Event) -> Reason:
    if event.deed in OF_REPORTERS:
        return Reason.REPORTER
    is_of_account = event.kind == Kind.MODERATION and event.suggestion_id is None and event.comment_id is None
    return Reason.ACCOUNT if is_of_account else Reason.OWN


def _alone(event: Event) -> int | None:
    """Return whom alone an event concerns: a decision its author, an answer who asked for it, if they still review."""
    if event.kind == Kind.MODERATION:
        return event.recipient_id
    if event.suggestion is None:
        return None
    if event.kind == Kind.DECISION:
        return event.suggestion.author_id
    if event.deed == Deed.ANSWERED and event.decision:
        asked = rules.who_may_decide(event.suggestion).filter(decisions=event.decision)
        return asked.values_list("pk", flat=True).first()
    return None


def _batches(event: Event, after: int) -> Iterator[Batch]:
    assert event.skill_id is not None  # only what concerns one person is about no skill
    skill = Skill.objects.with_place().get(pk=event.skill_id)
    roles = dict(Role.objects.filter(pk__in=event.role_ids).values_list("pk", "name"))
    not_told = _not_told(event)
    wishes = Watch.objects.filter(matching(skill, roles), user__is_active=True).exclude(user__in=not_told)
    watchers = wishes.filter(level=Watch.Level.WATCH) if event.kind in TO_WATCHERS else wishes.none()
    concerned = {user: told for user, told in _concerned(event).items() if user not in not_told}
    while users := _next(watchers, concerned.keys(), after):
        nearest = _nearest(users, wishes.filter(user__in=users), concerned, skill, roles)
        after = users[-1]
        yield Batch(after, [_recipient(event, user, wish, concerned) for user, wish in nearest if not wish.is_mute])


def _not_told(event: Event) -> list[int]:
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


def _concerned(event: Event) -> Mapping[int, _Told]:
    if event.comment is not None:
        return _addressed(event.comment)
    if event.suggestion is None or event.kind not in TO_REVIEWERS:
        return {}
    return dict.fromkeys(rules.who_may_decide(event.suggestion).values_list("pk", flat=True), _AS_REVIEWER)


def _addressed(comment: Comment) -> Mapping[int, _Told]:
    """Return whom a comment speaks to: those it mentions first, then the writer it answers, then of the suggestion.

    They hear of it whatever they mute, but for its thread.
    """
    told: dict[int, _Told] = {}
    if comment.suggestion and comment.suggestion.author_id:
        told[comment.suggestion.author_id] = _COMMENTED
    if comment.parent and comment.parent.author_id:
        told[comment.parent.author_id] = _ANSWERED
    return told | dict.fromkeys(mentions.mentioned_in(comment.body).values(), _MENTIONED)


def _next(watchers: QuerySet[Watch], concerned: Set[int], after: int) -> Sequence[int]:
    """Return the next people who watch or are concerned; who only mutes need not be looked at."""
    following = watchers.filter(user__gt=after).order_by("user").values_list("user", flat=True)
    others = {user for user in concerned if user > after}
    return sorted(others.union(following.distinct()[:BATCH_SIZE]))[:BATCH_SIZE]


def _nearest(
    users: Iterable[int],
    watches: Iterable[Watch],
    concerned: Mapping[int, _Told],
    skill: Skill,
    roles: Mapping[int, str],
) -> Iterator[tuple[int, _Wish]]:
    """Yield each person's wish that decides; who has let everything go a moment ago has none."""
    wishes = {user: [concerned[user].wish] if user in concerned else [] for user in users}
    for watch in watches:
        wishes[watch.user_id].append(_wish(watch, skill, roles))
    yield from ((user, min(theirs)) for user, theirs in wishes.items() if theirs)


def _wish(watch: Watch, skill: Skill, roles: Mapping[int, str]) -> _Wish:
    is_mute = watch.level == Watch.Level.MUTE
    if watch.skill_id:
        return _Wish(0, is_mute, skill.name, Reason.SKILL)
    if watch.role_id:
        return _Wish(1, is_mute, roles[watch.role_id], Reason.ROLE)
    if watch.group_id:
        return _Wish(2, is_mute, skill.group.name, Reason.GROUP)
    return _Wish(3, is_mute, skill.group.domain.name, Reason.DOMAIN)


def _recipient(event: Event, user: int, wish: _Wish, concerned: Mapping[int, _Told]) -> Recipient:
    if user in concerned:
        told = concerned[user]
        return Recipient(user, told.kind, told.wish.reason, "")
    return Recipient(user, Kind(event.kind), wish.reason, wish.name)
