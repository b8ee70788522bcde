"""One person of a role with their browser, and around them a small world: the same things of theirs and of another."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie
from itertools import count
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.core.signing import Signer
from django.test import Client
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from accounts.address.change import SALT
from accounts.membership import MODERATORS, REVIEWERS
from accounts.models import DataExport, EmailChange, User
from accounts.sign_in import traps
from community.drafting import drafts
from community.models import Comment, CountedWrite, Event, Fault, Kind, Report, Suggestion, Watch
from community.notifications import unsubscribing
from community.review import deciding
from skills.models import Skill
from tests.accounts.members import make_member, signed_in
from tests.accounts.people import notice_to
from tests.community.suggestions.world import World, make_world

GROUPS = {"reviewer": REVIEWERS, "moderator": MODERATORS}
WHY = "Advertising in 12 comments."


@dataclass
class Stage:
    """Who tries, in which browser, and the values for the names in braces of an address or a form."""

    world: World
    person: User | None
    browser: Client
    names: dict[str, Any]
    cookies: SimpleCookie = field(init=False)

    def __post_init__(self) -> None:
        self.browser.raise_request_exception = False
        self.cookies = self.browser.cookies.copy()  # type: ignore[assignment]

    def filled(self, data: Mapping[str, str]) -> dict[str, str]:
        """Return what is sent of a form."""
        return {name.format(**self.names): text.format(**self.names) for name, text in data.items()}

    def ask(self, method: str, path: str, data: Mapping[str, str] | None = None) -> Any:
        """Return the answer to one request, in the session as it was at the beginning."""
        self.browser.cookies = self.cookies.copy()  # type: ignore[assignment]
        caches["pages"].clear()  # what is kept there knows nothing of a rollback
        return getattr(self.browser, method)(path.format(**self.names), self.filled(data or {}))


def make_stage(role: str) -> Stage:
    """Return a world in which a person of a role has things of their own; a stranger tries those of a member."""
    world, person = make_world(), make_person(role)
    make_member("root", is_superuser=True, is_staff=True)  # so that no administrator is the last
    owner = person or make_member("owner")
    browser = signed_in(person) if person else Client()
    names = _places(world) | _things_of(world, make_member("someone"), "their") | _things_of(world, owner, "own")
    if role == "suspended":
        suspend(owner)
    return Stage(world, person, browser, names)


def make_person(role: str) -> User | None:
    """Return a member of this role, None for a stranger."""
    if role == "anonymous":
        return None
    is_root = role == "administrator"
    person = make_member(f"the-{role}", is_superuser=is_root, is_staff=is_root)
    if role in GROUPS:
        person.groups.add(Group.objects.get_or_create(name=GROUPS[role])[0])
    return person


def suspend(person: User) -> None:
    """Let a person only read, for three days."""
    until = timezone.now() + timedelta(days=3)
    User.objects.filter(pk=person.pk).update(suspended_until=until, suspension_reason=WHY)


def _places(world: World) -> dict[str, Any]:
    skill, group = world.skill, world.skill.group
    return {
        "slug": skill.slug,
        "latest": skill.revisions.latest("number").number,
        "skill": skill.pk,
        "group": group.slug,
        "domain": group.domain.slug,
        "place": f"{group.domain.key}/{group.key}",
        "framework": skill.framework.slug,
        "spam": world.spam.pk,
        "now": traps.sign_current_time(),
        "key": uuid.uuid4(),
        "skill_type": ContentType.objects.get_for_model(Skill).pk,
        "tomorrow": timezone.localdate() + timedelta(days=1),
    }


def _things_of(world: World, person: User, whose: str) -> dict[str, Any]:
    """Make the things of a person; return their numbers by names such as `own_draft`."""
    made = _suggestions_of(world, person) | _comments_of(world, person) | _account_of(world, person)
    return {f"{whose}_{name}": number for name, number in made.items()}


def _suggestions_of(world: World, person: User) -> dict[str, Any]:
    now, numbers = timezone.now(), count(1)

    def suggest(**fields: Any) -> int:
        made = world.suggested(world.kneading(f"Kneads as {person.username}, {next(numbers)}."), author=person)
        Suggestion.objects.filter(pk=made.pk).update(**fields)
        CountedWrite.objects.all().delete()  # nobody is over a limit yet
        return made.pk

    declined = Suggestion.objects.get(pk=suggest())
    decision = deciding.decline(declined, world.reviewer, world.spam)
    draft = drafts.start(person, world.skill, [world.kneading("Kneads, as yet.")], reason="Clearer.")
    opened = suggest()
    return {
        "open": opened,
        "claimed": suggest(claimed_by=world.reviewer, claimed_until=now + timedelta(minutes=9)),
        "hidden": suggest(hidden_at=now),
        "held": suggest(held_at=now),
        "declined": declined.pk,
        "draft": draft.pk,
        "decision": decision.pk,
        "change": Suggestion.objects.get(pk=opened).changes.get().pk,
    }


def _comments_of(world: World, person: User) -> dict[str, Any]:
    def say(**fields: Any) -> int:
        return Comment.objects.create(skill=world.skill, author=person, body="Kneads?", **fields).pk

    now = timezone.now()
    reported = say()
    Report.objects.create(comment_id=reported, reporter=world.reviewer, fault=Fault.SPAM)
    return {
        "comment": say(),
        "comment_hidden": say(hidden_at=now),
        "comment_held": say(held_at=now),
        "comment_reported": reported,
    }


def _account_of(world: World, person: User) -> dict[str, Any]:
    revision = world.skill.revisions.latest("number")
    event = Event.objects.create(kind=Kind.CONTENT_CHANGED, skill=world.skill, revision=revision)
    change = EmailChange.objects.create(user=person, new_email=f"new-{person.email}")
    key = {"name": "Key", "credential": credential_of(person)}
    elsewhere = UserSession.objects.create(user=person, session_key=f"of-{person.pk}", ip="198.51.100.7", user_agent="")
    return {
        "account": person.pk,
        "name": person.username,
        "event": event.pk,
        "notice": notice_to(person, event).pk,
        "export": DataExport.objects.create(user=person, content="{}", ready_at=timezone.now()).pk,
        "watch": Watch.objects.get(user=person).pk,  # by taking part
        "passkey": Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data=key).pk,
        "session": elsewhere.pk,
        "change_link": Signer(salt=SALT).sign_object([change.pk, "new"]),
        "mail_link": unsubscribing.build_unsubscribe_url(person, [Kind.COMMENT]).rsplit("/", 2)[1],
    }


def credential_of(person: User) -> dict[str, Any]:
    """Return what a browser says of a new passkey."""
    number = f"passkey-{person.pk}".encode()
    secret = ec.generate_private_key(ec.SECP256R1())
    public = ES256.from_cryptography_key(secret.public_key())  # type: ignore[no-untyped-call]
    key = AttestedCredentialData.create(bytes(16), number, public)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    attestation = AttestationObject.create("none", AuthenticatorData.create(sha256(b"testserver"), flags, 0, key), {})
    client = websafe_encode(b'{"type":"webauthn.create","challenge":"","origin":"https://testserver"}')
    return {
        "id": websafe_encode(number),
        "rawId": websafe_encode(number),
        "type": "public-key",
        "response": {"clientDataJSON": client, "attestationObject": websafe_encode(bytes(attestation))},
        "clientExtensionResults": {"credProps": {"rk": True}},
    }
