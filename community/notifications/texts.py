"""What a notice says, in the reader's language: the same words in lists and in mail."""

from collections.abc import Mapping
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from accounts.models import User
from community import rules
from community.models import EventAction, Kind, Notification
from community.models.notifications import COMMENT_KINDS, SUGGESTION_KINDS, WRITTEN_KINDS

QUOTE_LENGTH = 300

_TALLY_FORMATS: Mapping[EventAction, Any] = {
    EventAction.ACCEPTED: gettext_lazy("%(count)d accepted"),
    EventAction.ACCEPTED_WITH_CHANGES: gettext_lazy("%(count)d accepted with changes"),
    EventAction.PARTLY_ACCEPTED: gettext_lazy("%(count)d partly accepted"),
    EventAction.DECLINED: gettext_lazy("%(count)d declined"),
    EventAction.CHANGES_REQUESTED: ngettext_lazy(
        "%(count)d request for changes", "%(count)d requests for changes", "count"
    ),
    EventAction.OUTDATED: gettext_lazy("%(count)d outdated"),
    EventAction.UNDONE: ngettext_lazy("%(count)d decision undone", "%(count)d decisions undone", "count"),
}


def format_tally(tally: Mapping[str, int]) -> str:
    """Return decisions with how many there were of each: "3 accepted, 1 declined"."""
    return ", ".join(str(words % {"count": tally[deed]}) for deed, words in _TALLY_FORMATS.items() if tally.get(deed))


def is_readable(notice: Notification) -> bool:
    """Whether the reader of a notice may read what another member wrote in its latest event, see `rules.may_read`.

    A notice of several events stays when the latest of them is hidden: it then has no quote, no name of who
    wrote it, and no link to it. Decisions, changes of content and what moderators did quote no such text.
    """
    event = notice.event
    if notice.kind not in WRITTEN_KINDS:
        return True
    written = event.comment if notice.kind in COMMENT_KINDS else event.suggestion
    return written is not None and rules.may_read(notice.user_id, written)


def get_actor(notice: Notification) -> User | None:
    """Return who did it; None where the account is gone, or the reader may not read what it did."""
    return notice.event.actor if is_readable(notice) else None


def get_skill_name(notice: Notification) -> str:
    """Return the name of the skill that a notice is about, '' for none.

    The name of a new skill is its suggestion's: a reader who may not see that one gets another text in its place.
    """
    skill, event = notice.skill, notice.event
    if skill is None:
        return ""
    suggestion = event.suggestion or (event.comment.suggestion if event.comment else None)
    is_named = suggestion is not None and rules.may_read(notice.user_id, suggestion)
    return skill.name if is_named or not skill.is_suggested else _("A new skill that was suggested")


def format_details(notice: Notification) -> str:
    """Return what there is to say besides the kind and the skill, '' for nothing."""
    if notice.count > 1:
        return _format_count(notice)
    event = notice.event
    if notice.kind == Kind.REVIEW_WAITING and not notice.is_waiting_for_review:
        return _("waits no more")
    if notice.kind in {Kind.DECISION, Kind.MODERATION} or event.action in {
        EventAction.ANSWERED,
        EventAction.SECOND_READER,
    }:
        return event.get_action_display()
    return ""


def _format_count(notice: Notification) -> str:
    if notice.kind == Kind.DECISION:
        return format_tally(notice.tally)
    if notice.kind == Kind.CONTENT_CHANGED:
        words = ngettext("%(count)d change", "%(count)d changes", notice.count)
    elif notice.kind in {Kind.SUGGESTION, Kind.REVIEW_WAITING}:
        words = ngettext("%(count)d suggestion", "%(count)d suggestions", notice.count)
    else:
        words = ngettext("%(count)d comment", "%(count)d comments", notice.count)
    return words % {"count": notice.count}


def format_welcome(notice: Notification) -> str:
    """Return a word for who contributes for the first time, '' where nobody does, or is gone again."""
    author = get_actor(notice)
    if not notice.is_first or (author is None and notice.count == 1):
        return ""
    if author is None or notice.count > 1:
        return _("A first contribution is among them: please welcome who wrote it.")
    return _("First contribution: please welcome %(name)s.") % {"name": author.get_full_name()}


def get_quote(notice: Notification) -> str:
    """Return why it was changed, suggested or so decided, in the words of who did it; '' for nothing."""
    event = notice.event
    if event.message:
        return event.message
    if event.revision is not None:
        return "" if getattr(notice, "is_source_hidden", False) else event.revision.summary
    if notice.kind in COMMENT_KINDS:
        return _get_comment_quote(notice)
    if event.suggestion is None or notice.count > 1 or event.kind == Kind.MODERATION:
        return ""
    if notice.kind != Kind.DECISION:
        words = event.suggestion.reason if is_readable(notice) else ""  # moderators may have hidden it since
    elif event.decision is None or event.action == EventAction.UNDONE:
        words = ""
    else:
        reason = event.decision.decline_reason
        words = " – ".join(part for part in (str(reason) if reason else "", event.decision.message) if part)
    return Truncator(words).chars(QUOTE_LENGTH)


def _get_comment_quote(notice: Notification) -> str:
    comment = notice.event.comment
    if comment is None or not is_readable(notice):
        return ""
    return Truncator(comment.body).chars(QUOTE_LENGTH)


def get_button_label(notice: Notification) -> str:
    """Return what the button says that leads to what a notice is about."""
    if notice.kind == Kind.REVIEW_WAITING:
        return _("Review")
    if notice.kind in COMMENT_KINDS:
        return _("See the comment")
    if notice.kind == Kind.MODERATION:
        return _("Open")
    if notice.kind not in SUGGESTION_KINDS:
        return _("See what changed")
    return _("See the suggestion") if notice.count == 1 else _("See the suggestions")
