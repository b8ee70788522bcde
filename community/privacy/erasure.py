"""Erasing a person from the community's tables when their account is deleted."""

import re

from django.db.models import Q
from django.utils import timezone

from accounts.models import Delivery, User
from community.discussion import comments
from community.drafting.drafts import withdraw
from community.models import (
    Comment,
    CommentVersion,
    CountedWrite,
    EmailChoice,
    Event,
    Notification,
    Report,
    Suggestion,
    ThreadMute,
    Watch,
)
from community.models.suggestions import OPEN_STATES
from community.moderation import log
from community.privacy.written_mentions import remove_mentions
from skills.models import Skill
from skills.revisions import unpublished


def lock(user: User) -> None:
    """Lock the rows about a person that others may be changing now: suggestions, comments, reports.

    It must run before the account is locked. Whoever decides, answers, edits or moderates locks the suggestion or
    the comment first and reads the accounts last; waiting for their locks with the account locked would be a
    deadlock. For the same reason the order is the one in which the others take their locks.
    """
    suggestions = Suggestion.objects.filter(Q(author=user) | Q(claimed_by=user))
    comments_about = Comment.objects.filter(Q(author=user) | Q(resolved_by=user) | _build_mention_condition(user))
    reports = Report.objects.filter(Q(reporter=user) | Q(decided_by=user))
    for rows in (suggestions, comments_about, reports):
        list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def erase(user: User, *, keep_comments: bool) -> None:
    """Erase a person; what they contributed stays without their name.

    1. Delete their drafts, since nobody else ever saw them, and the skills that only these drafts suggest.
    2. Withdraw their suggestions that wait for reviewers.
    3. Remove their name from their comments, or also the text unless `keep_comments`; remove mentions of them.
    4. Delete pending mail to others that names them, and empty the kept copies of such mail.
    5. Delete what they watch, their notices, preferences, counted writes and muted threads.
    6. Remove them from the events they caused, and delete the events that notify them alone.
    7. Remove their name and message from their reports, and their name from reports of their texts.
    """
    drafts = Suggestion.objects.filter(author=user, submitted_at__isnull=True)
    # Listed before the drafts are deleted: afterwards nothing refers to these skills any more.
    unseen_skills = list(
        Skill.objects.filter(suggestions__in=drafts, status=Skill.Status.SUGGESTED, revisions__isnull=True)
    )
    drafts.delete()
    for skill in unseen_skills:
        unpublished.discard(skill)
    for suggestion in Suggestion.objects.filter(author=user, state__in=OPEN_STATES).order_by("pk"):
        withdraw(suggestion, user)
    _anonymize_comments(user, keep=keep_comments)
    _remove_mentions(user)
    _requeue_pending_mail(user)
    _empty_kept_mail(user)
    for model in (Watch, Notification, EmailChoice, CountedWrite, ThreadMute):
        model._default_manager.filter(user=user).delete()
    Event.objects.filter(actor=user).update(actor=None)
    Event.objects.filter(recipient=user).delete()
    _anonymize_reports(user)


def _anonymize_reports(user: User) -> None:
    """Remove name and message from reports by the person, and the name from messages about their texts."""
    Report.objects.filter(reporter=user).update(reporter=None, message="")
    for report in Report.objects.filter(Q(suggestion__author=user) | Q(comment__author=user)).exclude(message=""):
        report.message = log.remove_names(report.message, user)
        report.save(update_fields=["message"])


def _anonymize_comments(user: User, *, keep: bool) -> None:
    """Delete the earlier versions of the person's comments, and the comments too unless `keep`.

    Nothing removes the name from kept comments here: their author is set to NULL when the account is deleted.
    """
    CommentVersion.objects.filter(comment__author=user).delete()
    if not keep:
        # From the latest to the first: answers go before what they answer, so that fewer tombstones are left.
        for comment in Comment.objects.filter(author=user, deleted_at=None).order_by("-pk"):
            comments.soft_delete(comment, is_evidence_kept=False)


def _build_mention_condition(user: User) -> Q:
    """Return the condition for all texts that mention the person, and some others; `remove_mentions` is exact.

    In a text with character references any letter may be written as one. Otherwise the longest part of the name of
    ASCII letters and digits is in the text; other letters PostgreSQL may not know in upper and lower case.
    """
    part = max(re.findall("[A-Za-z0-9]+", user.username), key=len, default="")
    return (Q(body__contains="@") | Q(body__contains="&")) & (Q(body__icontains=part) | Q(body__contains="&#"))


def _remove_mentions(user: User) -> None:
    """Replace mentions of the user name in comments of others and their earlier versions."""
    for model in (Comment, CommentVersion):
        for pk, body in (
            model._default_manager.filter(_build_mention_condition(user)).order_by("pk").values_list("pk", "body")
        ):
            new_body = remove_mentions(body, user.username, log.REMOVED_NAME)
            if new_body != body:
                model._default_manager.filter(pk=pk).update(body=new_body)


def _requeue_pending_mail(user: User) -> None:
    """Delete mail to others that names the person and is not sent yet; its notices are due for mail again."""
    notices = Notification.objects.filter(event__actor=user, mail__state=Delivery.State.QUEUED)
    mail_ids = list(notices.values_list("mail", flat=True).distinct())
    # All notices of such a mail, also those about others: the mail is written again as a whole.
    Notification.objects.filter(mail__in=mail_ids).update(mail=None, mail_due_at=timezone.now())
    Delivery.objects.filter(pk__in=mail_ids).delete()


def _empty_kept_mail(user: User) -> None:
    """Empty the kept copies of mail to others about what the person did, because they show their name."""
    notices = Notification.objects.filter(Q(event__actor=user) | Q(event__comment__author=user), mail__isnull=False)
    sent_mail = Delivery.objects.filter(pk__in=notices.values("mail")).exclude(state=Delivery.State.QUEUED)
    sent_mail.update(subject="", text="", html="", headers={}, last_error="")
