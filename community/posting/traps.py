"""The traps for programs in the forms of those who have posted nothing yet."""

from collections.abc import Mapping

from django.http import QueryDict

from accounts.models import User
from accounts.sign_in import traps
from community.models import Comment, Suggestion


def is_first_time_author(person: User) -> bool:
    """Whether nothing that somebody wrote has come before others yet."""
    suggested = Suggestion.objects.filter(author=person, submitted_at__isnull=False)
    return not (suggested.exists() or Comment.objects.filter(author=person).exists())


def find_fault(person: User, data: Mapping[str, str]) -> str:
    """Return why a form is taken for a program's, '' where it is not, or where its sender has posted before."""
    fault = traps.find_fault({name: data.get(name, "") for name in (traps.HONEYPOT, traps.STARTED)})
    return fault if fault and is_first_time_author(person) else ""


def get_start_time(data: QueryDict) -> str:
    """Return what a form that is shown says of when it was begun."""
    return traps.keep_start_time(data.get(traps.STARTED, ""))
