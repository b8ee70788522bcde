"""A member of the measured site, with a session, a watch and notices."""

import os
import subprocess
import sys
from collections.abc import Mapping

import django

from benchmarks.site import ROOT

UNREAD = 12


def cookie_of_a_member(variables: Mapping[str, str]) -> str:
    """Make a member in the site's database and return the cookie that signs them in.

    Raises `subprocess.CalledProcessError`.
    """
    made = subprocess.run(
        [sys.executable, "-m", "benchmarks.member"],
        cwd=ROOT,
        env=dict(variables),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return made.stdout.strip()


def _make() -> str:
    """Make the member and return the cookie; settings are those of the environment."""
    from django.conf import settings  # noqa: PLC0415 - after django.setup()
    from django.test import Client  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415
    from community.models import Event, Kind, Notification, Reason, Watch  # noqa: PLC0415
    from skills.models import Skill  # noqa: PLC0415

    member = User.objects.create_user("member", "member@example.org", name="Mira Kern")
    skill = Skill.objects.get(slug="experiment-tracking")
    Watch.objects.create(user=member, skill=skill)
    events = Event.objects.bulk_create(Event(kind=Kind.CONTENT_CHANGED, skill=skill) for _ in range(UNREAD))
    Notification.objects.bulk_create(
        Notification(user=member, kind=Kind.CONTENT_CHANGED, event=event, skill=skill, reason=Reason.SKILL)
        for event in events
    )
    client = Client()
    client.force_login(member, "django.contrib.auth.backends.ModelBackend")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    django.setup()
    sys.stdout.write(_make())
