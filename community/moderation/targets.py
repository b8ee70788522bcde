"""What can be reported, hidden and restored: by the name of its kind and its number."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from accounts import membership
from accounts.membership import Person
from accounts.models import User
from community import rules
from community.models import Comment, Report, Suggestion
from skills.models import Skill

type Target = Comment | Suggestion | User

KINDS = ("comment", "suggestion", "person")
"""What can be reported and hidden, as `Report` names it."""

LARGEST_NUMBER = 2**63 - 1


def _rows() -> Mapping[str, QuerySet[Any]]:
    suggestions = Suggestion.objects.filter(submitted_at__isnull=False)
    waiting = Report.objects.filter(comment=OuterRef("pk"), outcome="")
    return {
        "comment": Comment.objects.filter(Q(deleted_at__isnull=True) | Exists(waiting)).select_related(
            "author", "skill__framework", "skill__group__domain", "suggestion"
        ),
        "suggestion": suggestions.select_related("author", "skill__framework", "skill__group__domain"),
        "person": User.objects.filter(is_active=True),
    }


def find(kind: str, number: int) -> Target | None:
    """Return a target, whether it is hidden or not, or None."""
    rows = _rows().get(kind)
    found: Target | None = rows.filter(pk=number).first() if rows is not None and number <= LARGEST_NUMBER else None
    return found


def many(kind: str, numbers: set[int]) -> dict[int, Target]:
    """Return targets by their numbers, in one query."""
    return {target.pk: target for target in _rows()[kind].filter(pk__in=numbers)} if numbers else {}


def locked(target: Target) -> Any:
    """Return a target as it stands, its row locked until the transaction ends."""
    assert transaction.get_connection().in_atomic_block
    rows = _rows()[kind_of(target)]
    return rows.select_for_update(of=("self",), no_key=True).get(pk=target.pk)


def kind_of(target: Target) -> str:
    """Return the name of a target's kind, as reports and the log have it."""
    if isinstance(target, User):
        return "person"
    return "comment" if isinstance(target, Comment) else "suggestion"


def owner_of(target: Target) -> User | None:
    """Return who wrote it; None where the account is gone."""
    return target if isinstance(target, User) else target.author


def skill_of(target: Target) -> Skill | None:
    """Return the skill it is about."""
    return None if isinstance(target, User) else target.skill


def is_hidden(target: Target) -> bool:
    """Whether moderators have hidden it."""
    return (target.profile_hidden_at if isinstance(target, User) else target.hidden_at) is not None


def may_see(person: Person, target: Target) -> bool:
    """Whether somebody may see it as everybody does, or as its author or a moderator."""
    if isinstance(target, User):
        return target.has_public_profile or membership.is_moderator(person)
    return rules.may_see(person, target)


def may_moderate(person: Person, target: Target) -> bool:
    """Whether a person may hide this target, show it again, and decide on reports of it."""
    if isinstance(target, User):
        return rules.may_moderate_account(person, target)
    return rules.may_moderate(person, owner_of(target))


def may_disagree(person: Person, target: Target) -> bool:
    """Whether a person may disagree with reports of this target; of some profiles moderators may do no more."""
    if may_moderate(person, target):
        return True
    return isinstance(target, User) and rules.may_close_reports(person, target)


def address_of(target: Target) -> str:
    """Return where it stands."""
    if isinstance(target, User):
        return target.public_address
    if isinstance(target, Suggestion):
        return reverse("community:suggestion", args=[target.pk])
    if target.deleted_at is None:
        return reverse("community:comment", args=[target.pk])
    return target.discussion_address


def text_of(target: Target) -> str:
    """Return what it says, for who has to judge it."""
    if isinstance(target, User):
        return target.hidden_name or target.get_full_name()
    if isinstance(target, Comment):
        return _words_of(target)
    return "\n".join(part for part in (target.reason, target.source) if part)


def _words_of(comment: Comment) -> str:
    """What a comment says, or said before its author deleted it while a report waits."""
    last = comment.versions.last() if comment.deleted_at is not None else None
    return last.body if last is not None else comment.body
