"""The texts of a notice, in the reader's language. Lists and mail use the same texts."""

import textwrap
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from accounts.models import User
from community import rules
from community.models import EventAction, Kind, Notification
from community.models.notifications import COMMENT_KINDS, SKILL_STATUS_ACTIONS, SUGGESTION_KINDS, WRITTEN_KINDS
from skills.text.markup.plain import render_plain, shorten_at_word

QUOTE_LENGTH = 300

# In the order in which a text lists them. Actions that are missing here are no decisions.
_TALLY_FORMATS: Mapping[EventAction, Any] = {
    EventAction.ACCEPTED: gettext_lazy("%(count)d accepted"),
    EventAction.ACCEPTED_WITH_CHANGES: gettext_lazy("%(count)d accepted with changes"),
    EventAction.PARTLY_ACCEPTED: gettext_lazy("%(count)d partly accepted"),
    EventAction.DECLINED: gettext_lazy("%(count)d declined"),
    EventAction.CHANGES_REQUESTED: ngettext_lazy(
        "%(count)d request for changes", "%(count)d requests for changes", "count"
    ),
    EventAction.OUTDATED: gettext_lazy("%(count)d outdated"),
    EventAction.SKILL_RETIRED: gettext_lazy("skill no longer part of its framework"),
    EventAction.SKILL_MERGED: gettext_lazy("skill merged into another one"),
    EventAction.SKILL_RESTORED: gettext_lazy("skill part of its framework again"),
    EventAction.UNDONE: ngettext_lazy("%(count)d decision undone", "%(count)d decisions undone", "count"),
}


def format_tally(tally: Mapping[str, int]) -> str:
    """Return the number of decisions of each kind as text: "3 accepted, 1 declined".

    `tally` has the numbers by the value of their `EventAction`, as `Notification.tally`.
    """
    counted = ((text, tally[action]) for action, text in _TALLY_FORMATS.items() if tally.get(action))
    return ", ".join(str(text % {"count": count}) for text, count in counted)


def is_readable(notice: Notification) -> bool:
    """Return whether the reader of a notice may read what another member wrote in its latest event.

    The rule is `rules.may_read`. A notice of several events stays when the latest of them is hidden: it then has no
    quote, no name of the author, and no link to the text. Decisions, changes of content and actions of moderators
    quote no such text, so their notices are always readable.
    """
    event = notice.event
    if notice.kind not in WRITTEN_KINDS:
        return True
    # A comment that was deleted is None here, and nobody may read it.
    written = event.comment if notice.kind in COMMENT_KINDS else event.suggestion
    return written is not None and rules.may_read(notice.user_id, written)


def get_actor(notice: Notification) -> User | None:
    """Return the user who caused the latest event of a notice.

    None if the account was deleted, or if the reader may not read what that user wrote (`is_readable`).
    """
    return notice.event.actor if is_readable(notice) else None


def get_skill_name(notice: Notification) -> str:
    """Return the name of the skill that a notice is about, '' for none.

    The name of a new skill is part of its suggestion: a reader who may not read that suggestion gets a general text.
    """
    skill, event = notice.skill, notice.event
    if skill is None:
        return ""
    suggestion = event.suggestion or (event.comment.suggestion if event.comment else None)
    may_read_name = suggestion is not None and rules.may_read(notice.user_id, suggestion)
    return skill.name if may_read_name or not skill.is_suggested else _("A new skill that was suggested")


def format_details(notice: Notification) -> str:
    """Return what a notice says besides its kind and its skill, '' for nothing.

    For several events that is their number; for one event what was done, where its kind does not say so already.
    """
    if notice.count > 1:
        return _format_count(notice)
    event = notice.event
    # The state is checked now, not when the notice was written: another reviewer may have decided since.
    if notice.kind == Kind.REVIEW_WAITING and not notice.is_waiting_for_review:
        return _("no longer waiting")
    if notice.kind in {Kind.DECISION, Kind.MODERATION} or event.action in {
        EventAction.ANSWERED,
        EventAction.SECOND_READER,
    }:
        return event.get_action_display()
    return ""


def _format_count(notice: Notification) -> str:
    """Return how many events a notice is about; decisions are counted by their kind."""
    if notice.kind == Kind.DECISION:
        return format_tally(notice.tally)
    if notice.kind == Kind.CONTENT_CHANGED:
        text = ngettext("%(count)d change", "%(count)d changes", notice.count)
    elif notice.kind in {Kind.SUGGESTION, Kind.REVIEW_WAITING}:
        text = ngettext("%(count)d suggestion", "%(count)d suggestions", notice.count)
    else:
        text = ngettext("%(count)d comment", "%(count)d comments", notice.count)
    return text % {"count": notice.count}


def format_welcome(notice: Notification) -> str:
    """Return a request to welcome someone who contributes for the first time, '' for none.

    It names the person if the notice is about one event. '' as well if that person's account was deleted, or the reader
    may not read what they wrote. With several events it names nobody: the latest may be someone else's.
    """
    author = get_actor(notice)
    if not notice.is_first or (author is None and notice.count == 1):
        return ""
    if author is None or notice.count > 1:
        return _("A first contribution is among them: please welcome who wrote it.")
    return _("First contribution: please welcome %(name)s.") % {"name": author.get_full_name()}


def get_quote(notice: Notification) -> str:
    """Return the reason or text that a notice quotes, as plain text; '' for none.

    That is, in this order: a message of moderators, the summary of a revision, the text of a comment, the reason
    of a suggestion, or reason and message of a decision; of the last three at most `QUOTE_LENGTH` characters.
    Comments are Markdown and lose its marks, all others are quoted as typed. Nothing that the reader may not read is
    quoted.
    """
    event = notice.event
    if event.message:
        return event.message
    if event.revision is not None:
        return "" if getattr(notice, "is_source_hidden", False) else event.revision.summary
    if notice.kind in COMMENT_KINDS:
        return _get_comment_quote(notice)
    # The reason of one suggestion says nothing about several.
    if event.suggestion is None or notice.count > 1 or event.kind == Kind.MODERATION:
        return ""
    if notice.kind != Kind.DECISION:
        quote = event.suggestion.reason if is_readable(notice) else ""  # moderators may have hidden it since
    elif event.decision is None or event.action == EventAction.UNDONE:
        quote = ""
    else:
        reason = event.decision.decline_reason
        quote = " – ".join(part for part in (str(reason) if reason else "", event.decision.message) if part)
    return shorten_at_word(quote, QUOTE_LENGTH)


def _get_comment_quote(notice: Notification) -> str:
    comment = notice.event.comment
    if comment is None or not is_readable(notice):
        return ""
    return shorten_at_word(render_plain(comment.body), QUOTE_LENGTH)


def indent_quote(quote: str) -> str:
    """Return a quote of several lines as it is written in a mail of plain text, indented by two spaces.

    `quote` comes from `get_quote`.
    """
    return textwrap.indent(quote, "  ")


def get_button_label(notice: Notification) -> str:
    """Return the label of the button that opens what a notice is about.

    The button opens `inbox.get_notice_url`; the label depends on kind and number of events alone.
    """
    if notice.kind == Kind.REVIEW_WAITING:
        return _("Review")
    if notice.kind in COMMENT_KINDS:
        return _("See the comment")
    if notice.kind == Kind.MODERATION:
        return _("Open")
    if notice.kind not in SUGGESTION_KINDS:
        return _("See what changed")
    # A change of the skill's status may concern several suggestions of the same author.
    is_single = notice.count == 1 and notice.event.action not in SKILL_STATUS_ACTIONS
    return _("See the suggestion") if is_single else _("See the suggestions")
