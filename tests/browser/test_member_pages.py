"""Every page of a member and of the way in: nothing sideways, one heading, nothing for axe-core to find."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.membership import REVIEWERS
from accounts.models import User
from community.models import Event, Kind, Notification, Reason, Watch
from skills.models import Domain, Role, Skill
from tests.browser.conftest import OpenReader, SignIn
from tests.browser.reader import Device, Reader
from tests.browser.test_every_page import HEIGHT, PHONE_WIDTH, assert_well_made

pytestmark = pytest.mark.browser

FOR_STRANGERS = {
    "sign-in": "/de/accounts/login/?next=/de/me/",
    "sign-up": "/de/accounts/signup/",
    "sign-in by code": "/de/accounts/login/code/",
    "reset": "/de/accounts/password/reset/",
    "public profile": "/de/people/browsing-member/",
}
FOR_MEMBERS = {
    "my page": "/de/me/",
    "what I watch": "/de/me/watching/",
    "notices": "/de/notifications/",
    "settings": "/de/me/settings/",
    "shortcuts": "/de/shortcuts/",
    "e-mail choices": "/de/me/settings/email/",
    "address": "/de/me/settings/address/",
    "export": "/de/me/settings/export/",
    "password": "/de/accounts/password/change/",
    "second factor": "/de/accounts/2fa/",
    "sessions": "/de/accounts/sessions/",
    "connected accounts": "/de/accounts/3rdparty/",
    "sign-out": "/de/accounts/logout/",
    "proof": "/de/accounts/reauthenticate/",
    "watched skill": "/de/skills/experiment-tracking/",
    "my suggestions": "/de/me/suggestions/",
    "suggest": "/de/skills/experiment-tracking/suggestions/new/?role=ml-engineer&level=senior",
    "taking back": "/de/skills/experiment-tracking/history/1/revert/",
}


@pytest.fixture(scope="module")
def member(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[User]:
    """Return a user who watches things and has notices; deleted afterwards: this database is not emptied."""
    with django_db_blocker.unblock():
        user = User.objects.create_user("browsing-member", "member@browser.example", "a pass phrase", name="Mira Kern")
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        skill = Skill.objects.get(slug="experiment-tracking")
        revision = skill.revisions.get(number=1)
        for target in ({"skill": skill}, {"role": Role.objects.all()[0]}, {"domain": Domain.objects.all()[0]}):
            Watch.objects.create(user=user, **target)
        for days in range(3):
            event = Event.objects.create(
                kind=Kind.CONTENT_CHANGED, skill=skill, revision=revision, finished_at=timezone.now()
            )
            Notification.objects.create(
                user=user,
                kind=event.kind,
                event=event,
                skill=skill,
                reason=Reason.SKILL,
                reason_name=skill.name,
                count=days + 1,
                read_at=timezone.now() if days else None,
                updated_at=timezone.now() - timedelta(days=days),
            )
        yield user
        user.delete()
        Event.objects.all().delete()


@pytest.fixture
def signed_in(open_reader: OpenReader, sign_in: SignIn, member: User) -> Reader:
    """Return a reader on a small phone who is signed in."""
    reader = open_reader(Device(PHONE_WIDTH, HEIGHT))
    sign_in(reader, member)
    return reader


@pytest.mark.parametrize("address", FOR_STRANGERS.values(), ids=FOR_STRANGERS.keys())
def test_page_on_the_way_in_is_well_made(open_reader: OpenReader, member: User, address: str) -> None:
    reader = open_reader(Device(PHONE_WIDTH, HEIGHT))
    reader.go(address)
    assert_well_made(reader)


@pytest.mark.parametrize("address", FOR_MEMBERS.values(), ids=FOR_MEMBERS.keys())
def test_page_of_a_member_is_well_made(signed_in: Reader, address: str) -> None:
    signed_in.go(address)
    assert signed_in.path == address
    assert_well_made(signed_in)


def test_queue_of_reviewers_is_well_made(signed_in: Reader, member: User, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        member.groups.add(Group.objects.get_or_create(name=REVIEWERS)[0])
    signed_in.go("/de/review/")
    assert_well_made(signed_in)
