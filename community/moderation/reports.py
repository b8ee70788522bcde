"""Reports: made once by a person, decided once for all who made one about the same thing."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community import rules
from community.models import ActKind, Comment, Fault, Report, WriteKind
from community.models.moderation import WORDS_MAX_LENGTH, Outcome
from community.moderation import hiding, log, targets, telling
from community.moderation.refusals import AlreadyDecided, refusal_to_moderate
from community.moderation.targets import Target
from community.posting import limiter
from community.posting.refusals import NotAllowed, Unfit


def report(target: Target, reporter: User, fault: Fault, words: str = "") -> tuple[Report, bool]:
    """Return somebody's report of a target and whether it is new; the second one is the first.

    Raises `NotAllowed`, `OverLimit`, `Unfit`.
    """
    require_not_own(target, reporter)
    words = words.strip()
    if fault == Fault.OTHER and not words:
        raise Unfit(_("Say in words what is wrong."))
    if len(words) > WORDS_MAX_LENGTH:
        raise Unfit(_("These words are too long."))
    with transaction.atomic():
        made, is_new = Report.objects.get_or_create(
            reporter=reporter, **{targets.kind_of(target): target}, defaults={"fault": fault, "words": words}
        )
        if is_new:
            limiter.take(reporter, WriteKind.POST)
    return made, is_new


def require_not_own(target: Target, reporter: User) -> None:
    """Raise `NotAllowed` for what somebody wrote themselves."""
    if not rules.may_report(reporter, targets.owner_of(target)):
        raise NotAllowed(_("One reports what others wrote."))


def decide(target: Target, moderator: User, outcome: Outcome, words: str = "", *, hide: bool = False) -> None:
    """Decide all reports of a target that wait, and `hide` it; raises `NotAllowed`, `AlreadyDecided`.

    Those who reported it are told. Of two moderators at once one decides, the other reads who.
    """
    with transaction.atomic():
        found = targets.locked(target)
        owner = targets.owner_of(found)
        is_closing = outcome == Outcome.DISAGREED and not hide
        if not (targets.may_disagree if is_closing else targets.may_moderate)(moderator, found):
            raise NotAllowed(refusal_to_moderate(found, moderator))
        about = Report.objects.filter(**{targets.kind_of(found): found})
        waiting = list(about.filter(outcome="").order_by("pk").select_for_update(no_key=True))  # not as they leave
        if not waiting:
            raise AlreadyDecided(about.select_related("decided_by").order_by("-decided_at", "-pk").first())
        for each in waiting:
            each.outcome, each.decided_by, each.decided_at = outcome, moderator, timezone.now()
            each.save(update_fields=["outcome", "decided_by", "decided_at"])
            telling.outcome(each, found)
        if isinstance(found, Comment) and found.deleted_at is not None:
            found.versions.all().delete()  # kept for this decision alone
        place = (targets.kind_of(found), found.pk)
        log.write(ActKind(outcome.value), moderator, person=owner, target=place, words=words)
        if hide and not targets.is_hidden(found):
            hiding.hide(found, moderator, words or ", ".join(sorted({each.get_fault_display() for each in waiting})))
