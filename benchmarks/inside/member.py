"""Creates a member of the measured site, with a session, a watch and notices."""

import sys

from django.conf import settings
from django.test import Client

from accounts.models import User
from community.models import Event, Kind, Notification, Reason, Watch
from skills.models import Skill

UNREAD_COUNT = 12


def create_member() -> None:
    """Create the member and print the cookie that signs them in."""
    member = User.objects.create_user("member", "member@example.org", name="Mira Kern")
    skill = Skill.objects.get(slug="experiment-tracking")
    Watch.objects.create(user=member, skill=skill)
    events = Event.objects.bulk_create(Event(kind=Kind.CONTENT_CHANGED, skill=skill) for _ in range(UNREAD_COUNT))
    Notification.objects.bulk_create(
        Notification(user=member, kind=Kind.CONTENT_CHANGED, event=event, skill=skill, reason=Reason.SKILL)
        for event in events
    )
    client = Client()
    client.force_login(member, "django.contrib.auth.backends.ModelBackend")
    sys.stdout.write(f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}")
