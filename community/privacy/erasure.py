"""How the community's tables forget a person when they ask."""

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
from skills.models import Skill
from skills.revisions import unpublished


def lock(user: User) -> None:
    """Lock what others may be at work on just now, in the order in which they take their locks.

    Whoever decides, answers, edits or moderates locks the thing first and reads the rows of the
    people last, so that waiting for these while the person is locked would be a deadlock.
    """
    suggested = Suggestion.objects.filter(Q(author=user) | Q(claimed_by=user))
    said = Comment.objects.filter(Q(author=user) | Q(resolved_by=user) | _build_mention_condition(user))
    reported = Report.objects.filter(Q(reporter=user) | Q(decided_by=user))
    for rows in (suggested, said, reported):
        list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def erase(user: User, *, keep_comments: bool) -> None:
    """Forget what somebody watches and was told; what they did stays, without their name.

    Drafts go, since nobody else ever saw them; what waits for reviewers is withdrawn.
    """
    drafts = Suggestion.objects.filter(author=user, submitted_at__isnull=True)
    unseen = list(Skill.objects.filter(suggestions__in=drafts, status=Skill.Status.SUGGESTED, revisions__isnull=True))
    drafts.delete()
    for skill in unseen:
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
    """What somebody reported stays without their name and words; what others wrote of them stays without the name."""
    Report.objects.filter(reporter=user).update(reporter=None, message="")
    for report in Report.objects.filter(Q(suggestion__author=user) | Q(comment__author=user)).exclude(message=""):
        report.message = log.remove_names(report.message, user)
        report.save(update_fields=["message"])


def _anonymize_comments(user: User, *, keep: bool) -> None:
    """Let comments stay without a name, or let their words go; what they said before goes in any case."""
    CommentVersion.objects.filter(comment__author=user).delete()
    if not keep:
        for comment in Comment.objects.filter(author=user, deleted_at=None).order_by("-pk"):
            comments.soft_delete(comment, is_evidence_kept=False)


def _build_mention_condition(user: User) -> Q:
    return Q(body__icontains=f"@{user.username}")


def _remove_mentions(user: User) -> None:
    """Leave no user name in what others say or said before; a longer name that begins so is somebody else's."""
    mention = re.compile(rf"@{re.escape(user.username)}(?![\w+-]|\.\w)", re.IGNORECASE)
    for model in (Comment, CommentVersion):
        for pk, body in (
            model._default_manager.filter(_build_mention_condition(user)).order_by("pk").values_list("pk", "body")
        ):
            model._default_manager.filter(pk=pk).update(body=mention.sub(f"@{log.REMOVED_NAME}", body))


def _requeue_pending_mail(user: User) -> None:
    """Drop mail to others that names the person and has not left; its notices are due again."""
    told = Notification.objects.filter(event__actor=user, mail__state=Delivery.State.OWED)
    mails = list(told.values_list("mail", flat=True).distinct())
    Notification.objects.filter(mail__in=mails).update(mail=None, mail_due_at=timezone.now())
    Delivery.objects.filter(pk__in=mails).delete()


def _empty_kept_mail(user: User) -> None:
    """Empty kept copies of mail to others that tells of what the person did, and so shows their name."""
    told = Notification.objects.filter(Q(event__actor=user) | Q(event__comment__author=user), mail__isnull=False)
    naming = Delivery.objects.filter(pk__in=told.values("mail")).exclude(state=Delivery.State.OWED)
    naming.update(subject="", text="", html="", headers={}, last_error="")
