"""The notices of one user: list, count and mark as read, and the URL that each notice opens."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from community import rules
from community.models import Kind, Notification, Suggestion, Sweep
from community.models.discussion import get_discussion_url
from community.models.notifications import COMMENT_KINDS, SKILL_STATUS_ACTIONS, WRITTEN_KINDS
from skills.models import Skill

PAGE_SIZE = 25
MAX_COUNTED = 100
"""The largest number of unread notices that is counted. Pages show it as "99+", so it is one more than 99."""


def build_hidden_condition() -> Q:
    """Return the condition for notices about something that moderators hid or hold, unless its reader wrote it.

    A notice of several events stays, because the other events may still be visible; it then leaves out what its reader
    may not read (`texts.is_readable`). A new skill has only one suggestion, so a notice about it never stays.
    """
    comment = rules.build_unreadable_condition("event__comment", F("user"))
    # The event of a comment names the suggestion that the comment is about, so this applies to comments too.
    suggestion = rules.build_unreadable_condition("event__suggestion", F("user"))
    is_alone = Q(count=1) | Q(skill__status=Skill.Status.SUGGESTED)
    of_comment = Q(kind__in=COMMENT_KINDS, count=1) & comment
    of_suggestion = Q(kind__in=WRITTEN_KINDS) & suggestion & is_alone
    return of_comment | of_suggestion


def list_visible_notices(user: User) -> QuerySet[Notification]:
    """Return the notices of a user without those about something that was hidden since.

    All pages start from this query, so that lists and counts agree.
    """
    return user.notifications.filter(~build_hidden_condition())


def list_notices(user: User, kind: str = "", *, only_unread: bool = False) -> QuerySet[Notification]:
    """Return the visible notices of a user with all details for a list: unread ones first, then the latest.

    `kind` is a value of `Kind`, '' for all kinds. `only_unread` leaves out what was read.
    """
    notices = list_visible_notices(user).filter(**({"kind": kind} if kind else {}))
    if only_unread:
        notices = notices.filter(read_at__isnull=True)
    ordered = notices.annotate(is_read=Q(read_at__isnull=False)).order_by("is_read", "-updated_at", "-pk")
    return annotate_notice_details(ordered)


def annotate_notice_details(notices: QuerySet[Notification]) -> QuerySet[Notification]:
    """Load what lists and mail show of notices, in the same query.

    Adds the annotation `is_source_hidden`: whether the quoted reason of a revision must not be shown. Revisions come
    without their content, which is large.
    """
    loaded = notices.select_related("event__revision", "event__actor", "skill__framework", "skill__group__domain")
    loaded = loaded.select_related("event__suggestion", "event__comment__suggestion", "event__decision__decline_reason")
    # The summary of a revision is the reason of the suggestion that it came from, or a text by its author. It must not
    # be shown if that suggestion is hidden or held, or if everything its author wrote is hidden (a sweep).
    sources = Suggestion.objects.filter(decisions__revision=OuterRef("event__revision"))
    hidden_sources = sources.filter(Q(hidden_at__isnull=False) | Q(held_at__isnull=False))
    sweeps = Sweep.objects.filter(person=OuterRef("event__revision__author")).exclude(state=Sweep.State.UNDONE)
    loaded = loaded.annotate(is_source_hidden=Exists(hidden_sources) | Exists(sweeps))
    return loaded.defer("event__revision__content", "event__revision__changes")


def list_notice_kinds(user: User) -> list[Kind]:
    """Return the kinds of which a user has visible notices, in the order of `Kind`.

    Only notices about what members wrote can be hidden. For these kinds the database searches for one visible notice.
    """
    kinds = set(user.notifications.order_by().values_list("kind", flat=True).distinct())
    visible = list_visible_notices(user)
    return [
        kind for kind in Kind if kind in kinds and (kind not in WRITTEN_KINDS or visible.filter(kind=kind).exists())
    ]


def count_unread(user: User) -> int:
    """Return how many visible notices a user has not read, at most `MAX_COUNTED`.

    Every page shows this number, so the database stops counting at the limit.
    """
    return list_visible_notices(user).filter(read_at__isnull=True)[:MAX_COUNTED].count()


def mark_read(user: User, pk: int, seen_event_id: int | None = None) -> None:
    """Mark one notice of a user as read.

    `pk` is the primary key of the notice; of another user's notice nothing happens. With `seen_event_id`, the event
    that the page showed, the notice stays unread if a later event was added to it since.
    """
    notice = user.notifications.filter(pk=pk, read_at__isnull=True)
    if seen_event_id is not None:
        notice = notice.filter(event=seen_event_id)
    notice.update(read_at=timezone.now())


def mark_all_read(user: User, seen_event_id: int | None = None) -> int:
    """Mark all notices of a user as read, and return how many these are.

    With `seen_event_id`, the latest event that the page showed, notices of later events stay unread.
    """
    unread = user.notifications.filter(read_at__isnull=True)
    if seen_event_id is not None:
        unread = unread.filter(event__lte=seen_event_id)
    return unread.update(read_at=timezone.now())


def _get_comment_url(notice: Notification) -> str:
    """Return the URL of the comment, or of its discussion if the comment was deleted or may not be read."""
    event = notice.event
    assert notice.skill is not None  # a check constraint of events guarantees it
    suggestion, comment = event.suggestion, event.comment
    if comment is not None and rules.may_read(notice.user_id, comment):
        return reverse("community:comment", args=[comment.pk])
    is_readable = suggestion is not None and rules.may_read(notice.user_id, suggestion)
    return get_discussion_url(notice.skill, suggestion.pk if suggestion and is_readable else None)


def get_notice_url(notice: Notification) -> str:
    """Return the URL of the page that shows what a notice is about.

    That is the revision, comment or suggestion. `notice` comes from `annotate_notice_details`. The URL never opens
    something the reader may not read.
    """
    if notice.kind == Kind.MODERATION:
        return _get_moderation_url(notice)
    event = notice.event
    assert notice.skill is not None  # a check constraint of events guarantees it
    if notice.kind == Kind.DECISION and event.action in SKILL_STATUS_ACTIONS:
        return reverse("community:my_suggestions") + f"?skill={notice.skill.slug}"
    if event.revision is not None:
        return reverse("skills:revision", args=[notice.skill.slug, event.revision.number])
    if notice.kind in COMMENT_KINDS:
        return _get_comment_url(notice)
    return _get_suggestion_url(notice, notice.skill)


def _get_suggestion_url(notice: Notification, skill: Skill) -> str:
    """Return the URL of a suggestion; for several their list, for a waiting review the page of the reviewer."""
    suggestion_id = notice.event.suggestion_id
    if suggestion_id is None:
        return skill.get_absolute_url()
    if notice.count > 1:
        return reverse("community:skill_suggestions", args=[skill.slug])
    name = "review_suggestion" if notice.kind == Kind.REVIEW_WAITING else "suggestion"
    return reverse(f"community:{name}", args=[suggestion_id])


def _get_moderation_url(notice: Notification) -> str:
    """Return the URL of what moderators acted on; of its skill if it is hidden, of the notices if it is an account."""
    comment, suggestion = notice.event.comment, notice.event.suggestion
    if comment is not None and rules.may_read(notice.user_id, comment):
        return reverse("community:comment", args=[comment.pk])
    if suggestion is not None and rules.may_read(notice.user_id, suggestion):
        return reverse("community:suggestion", args=[suggestion.pk])
    return notice.skill.get_absolute_url() if notice.skill else reverse("community:notifications")
