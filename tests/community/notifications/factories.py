"""Users with a confirmed address and their notices, as the fan-out of an event creates them."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import User
from community.models import Event, Notification
from skills.models import Skill
from tests.factories import make_user


def make_reader(username: str = "", **fields: Any) -> User:
    """Return a user with a confirmed address."""
    user = make_user(username)
    User.objects.filter(pk=user.pk).update(**{"language": "de", **fields})
    user.refresh_from_db()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_notice(user: User, skill: Skill, *, actor: User | None = None, **fields: Any) -> Notification:
    """Return a notice of the skill's first revision; its mail is due unless `mail_due_at` says otherwise."""
    revision = skill.revisions.get(number=1)
    event = Event.objects.create(kind="content_changed", skill=skill, revision=revision, actor=actor)
    defaults = {"kind": "content_changed", "reason": "skill", "mail_due_at": a_minute_ago()}
    return Notification.objects.create(user=user, skill=skill, event=event, **{**defaults, **fields})


def a_minute_ago() -> datetime:
    return timezone.now() - timedelta(minutes=1)
