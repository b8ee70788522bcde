"""The people of the demonstration. All have the same password, which the command prints."""

from collections.abc import Mapping
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from accounts.membership import MODERATORS, REVIEWERS
from accounts.models import User
from community.demo.clock import travel_back

type DemoPeople = Mapping[str, User]

PASSWORD = "try-stufenplan"  # noqa: S105 - of a site that only its own machine can reach


@dataclass(frozen=True)
class DemoPerson:
    """A person of the demonstration. `description` is printed by the command; `days` is the age of the account."""

    user_name: str
    name: str
    description: str
    groups: tuple[str, ...] = ()
    days: float = 120
    is_administrator: bool = False
    is_public: bool = True

    @property
    def email(self) -> str:
        """Address to sign in with."""
        return f"{self.user_name}@stufenplan.example"


PEOPLE = (
    DemoPerson("mira", "Mira Kern", "member; many notices, suggestions and a draft"),
    DemoPerson("jonas", "Jonas Adeyemi", "member; one suggestion has come back with a question"),
    DemoPerson("lea", "Lea Brandt", "member; asked for a second reader, suggests a new skill"),
    DemoPerson("tarek", "Tarek Osman", "member without a public profile", days=95, is_public=False),
    DemoPerson("sofia", "Sofia Lindqvist", "reviewer; suggestions wait", (REVIEWERS,)),
    DemoPerson("paul", "Paul Nguyen", "reviewer; holds a suggestion to read it", (REVIEWERS,)),
    DemoPerson("noor", "Noor Haddad", "moderator; reports and something held wait", (MODERATORS,)),
    DemoPerson("ada", "Ada Schreiber", "administrator; reads the log of moderation", is_administrator=True),
    DemoPerson("viktor", "Viktor Hahn", "member; was warned", days=75),
    DemoPerson("max", "Max Bonus", "member; suspended for advertising", days=42),
    DemoPerson("elif", "Elif Yıldız", "new member; a comment is held for review", days=5),
    DemoPerson("helpdesk", "Stufenplan Support", "new member; others report the profile", days=4),
)


def create_people() -> DemoPeople:
    """Return all people by user name; create those who do not exist yet."""
    return {person.user_name: _get_or_create_person(person) for person in PEOPLE}


def _get_or_create_person(person: DemoPerson) -> User:
    existing = User.objects.filter(username=person.user_name).first()
    if existing:
        return existing
    create_user = User.objects.create_superuser if person.is_administrator else User.objects.create_user
    with travel_back(person.days):
        user = create_user(person.user_name, person.email, PASSWORD, name=person.name, is_public=person.is_public)
    # allauth lets only a confirmed address sign in.
    EmailAddress.objects.create(user=user, email=person.email, primary=True, verified=True)
    user.groups.set([Group.objects.get_or_create(name=name)[0] for name in person.groups])
    return user
