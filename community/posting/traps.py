"""The traps for programs, in the forms of people who have not posted anything yet."""

from collections.abc import Mapping

from django.http import QueryDict

from accounts.models import User
from accounts.sign_in import traps
from community.models import Comment, Suggestion


def is_first_time_author(person: User) -> bool:
    """Return whether a person has neither submitted a suggestion nor written a comment yet.

    Drafts do not count: only their author sees them.
    """
    submitted = Suggestion.objects.filter(author=person, submitted_at__isnull=False)
    return not (submitted.exists() or Comment.objects.filter(author=person).exists())


def find_fault(person: User, data: Mapping[str, str]) -> str:
    """Return why a form seems to be sent by a program, '' if it does not or if the person has posted before.

    `data` are the sent fields. The text is in the reader's language and shown with the form, see
    `accounts/sign_in/traps.py`.
    """
    # The traps cost no query, so they come first; `is_first_time_author` costs up to two.
    fault = traps.find_fault({name: data.get(name, "") for name in (traps.HONEYPOT, traps.STARTED)})
    return fault if fault and is_first_time_author(person) else ""


def get_start_time(data: QueryDict) -> str:
    """Return the signed time at which a form was begun, for its hidden field.

    `data` are the sent fields of a form that is shown again, which keeps its first time, or an empty
    `QueryDict` for a new form, which begins now.
    """
    return traps.keep_start_time(data.get(traps.STARTED, ""))
