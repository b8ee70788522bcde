"""Who takes part in the demonstration. All have one password, which the command prints."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from accounts.models import User
from community.demo.clock import days_ago
from community.rules import REVIEWERS

PASSWORD = "try-stufenplan"  # noqa: S105 - of a site that only its own machine reaches
MEMBER_SINCE = 120


@dataclass(frozen=True)
class Person:
    """Somebody of the demonstration: `user_name`, name, what they are here, and the groups that make them so."""

    user_name: str
    name: str
    is_here_as: str
    groups: tuple[str, ...] = ()
    is_administrator: bool = False
    is_public: bool = True

    @property
    def address(self) -> str:
        return f"{self.user_name}@stufenplan.example"


PEOPLE = (
    Person("mira", "Mira Kern", "member"),
    Person("jonas", "Jonas Adeyemi", "member"),
    Person("lea", "Lea Brandt", "member"),
    Person("tarek", "Tarek Osman", "member, new here", is_public=False),
    Person("sofia", "Sofia Lindqvist", "reviewer", (REVIEWERS,)),
    Person("paul", "Paul Nguyen", "reviewer", (REVIEWERS,)),
    Person("ada", "Ada Schreiber", "administrator", is_administrator=True),
)


def make_people() -> dict[str, User]:
    """Return everybody by user name, made where they are not there yet."""
    with days_ago(MEMBER_SINCE):
        return {person.user_name: _made(person) for person in PEOPLE}


def _made(person: Person) -> User:
    found = User.objects.filter(username=person.user_name).first()
    if found:
        return found
    make = User.objects.create_superuser if person.is_administrator else User.objects.create_user
    user = make(person.user_name, person.address, PASSWORD, name=person.name, is_public=person.is_public)
    EmailAddress.objects.create(user=user, email=person.address, primary=True, verified=True)
    user.groups.set([Group.objects.get_or_create(name=name)[0] for name in person.groups])
    return user
