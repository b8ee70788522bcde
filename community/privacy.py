"""What the community's tables know of a person: given to them, and forgotten when they ask."""

from typing import Any

from django.utils import timezone

from accounts.models import Delivery, User
from community.models import EmailChoice, Event, Notification, Watch
from community.models.watch import TARGETS


def community_data(user: User) -> dict[str, Any]:
    """Return what somebody watches, was told and wants to be told, and what others were told of them."""
    return {
        "watches": [_watch(watch) for watch in Watch.objects.filter(user=user).select_related(*TARGETS).order_by("pk")],
        "notices": _notices(user),
        "email_choices": list(EmailChoice.objects.filter(user=user).order_by("kind").values("kind", "frequency")),
        "events": list(
            Event.objects.filter(actor=user)
            .order_by("pk")
            .values("kind", "skill__name", "revision__number", "significance", "happened_at")
        ),
    }


def _watch(watch: Watch) -> dict[str, Any]:
    target = watch.target
    return {
        "kind": target._meta.model_name,
        "name": target.name,
        "level": watch.level,
        "since": watch.created_at,
    }


def _notices(user: User) -> list[dict[str, Any]]:
    fields = ("kind", "skill__name", "count", "reason", "reason_name", "created_at", "updated_at", "read_at")
    rows = Notification.objects.filter(user=user).order_by("pk").values(*fields)
    return [{"skill": row.pop("skill__name"), **row} for row in rows]


def erase(user: User, *, keep_comments: bool) -> None:  # noqa: ARG001 - there are no comments yet
    """Forget what somebody watches and was told; what they did stays, without their name."""
    _write_owed_mail_anew(user)
    for model in (Watch, Notification, EmailChoice):
        model._default_manager.filter(user=user).delete()
    Event.objects.filter(actor=user).update(actor=None)


def _write_owed_mail_anew(user: User) -> None:
    """Drop mail to others that names the person and has not left; its notices are due again."""
    told = Notification.objects.filter(event__actor=user, mail__state=Delivery.State.OWED)
    mails = list(told.values_list("mail", flat=True).distinct())
    Notification.objects.filter(mail__in=mails).update(mail=None, mail_due_at=timezone.now())
    Delivery.objects.filter(pk__in=mails).delete()
