"""What moderators decide about: comments, suggestions and profiles, each behind the same questions.

Rules, actions, the log, reports and sweeping ask a `ModerationTarget` and never which of the three it is. These are
adapters around the models: their answers need rules and events, which are above the models, and the account
belongs to another app.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, override

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import membership
from accounts.membership import Person
from accounts.models import User
from community import rules
from community.events import recording
from community.models import Comment, CommentVersion, Report, Suggestion
from skills.models import Skill
from skills.revisions import authorship

type TargetRow = Comment | Suggestion | User
"""The rows that moderators decide about; `adapt` returns the adapter of one."""

MODERATORS_DECIDE = gettext_lazy("Moderators decide, and never about what they wrote themselves.")


class ModerationTarget(ABC):
    """One thing that moderators decide about; `row` is the model instance."""

    kind: ClassVar[str]
    """What it is called in the log and in addresses, and as a field of `Report`."""

    def __init__(self, row: Any) -> None:
        self.row: TargetRow = row

    @classmethod
    @abstractmethod
    def get_queryset(cls) -> QuerySet[Any]:
        """Return the rows that exist for moderators, with those loaded along that the answers below need."""

    @property
    def pk(self) -> int:
        """The primary key of the row."""
        return self.row.pk

    @property
    def key(self) -> tuple[str, int]:
        """Kind and primary key, as the log keeps them."""
        return self.kind, self.pk

    @property
    @abstractmethod
    def owner(self) -> User | None:
        """The account whose it is; None where that is gone."""

    @property
    def skill(self) -> Skill | None:
        """The skill that it is about, if any."""
        return None

    @property
    @abstractmethod
    def text(self) -> str:
        """What it says, for those who judge it."""

    @property
    @abstractmethod
    def url(self) -> str:
        """The address of its page, '' where it has none."""

    @property
    @abstractmethod
    def is_hidden(self) -> bool:
        """Whether moderators have hidden it."""

    @property
    def held_at(self) -> datetime | None:
        """Since when it is held until a moderator looks at it; None where it is not."""
        return None

    @property
    def may_be_swept(self) -> bool:
        """Whether a sweep, once it was allowed, may still hide it."""
        return True

    @property
    def evidence(self) -> QuerySet[CommentVersion]:
        """What is kept of it only as long as reports of it wait."""
        return CommentVersion.objects.none()

    @property
    def report_fields(self) -> dict[str, Any]:
        """The row by the name of its field in `Report`, to look reports up and to create one."""
        return {self.kind: self.row}

    @property
    def event_fields(self) -> dict[str, Any]:
        """The fields of an event of moderation that point to it; a profile has none but the recipient."""
        return {"skill_id": None}

    @abstractmethod
    def may_be_seen_by(self, person: Person) -> bool:
        """Whether a person may see it as everybody does, or as its author or a moderator."""

    def may_be_moderated_by(self, person: Person) -> bool:
        """Whether a person may hide it, show it again, and decide on reports of it."""
        return rules.may_moderate(person, self.owner)

    def may_be_cleared_by(self, person: Person) -> bool:
        """Whether a person may disagree with reports of it; of some profiles moderators may do no more."""
        return self.may_be_moderated_by(person)

    @abstractmethod
    def is_protected_from(self, person: Person) -> bool:
        """Whether this person decides nothing about it, moderator or not; see `rules.is_out_of_reach`."""

    @abstractmethod
    def explain_refusal(self, moderator: User) -> str:
        """Return why this person may not decide about it, in the reader's language."""

    @abstractmethod
    def mark_hidden(self) -> None:
        """Hide the locked row; asks no rule and notifies nobody."""

    @abstractmethod
    def mark_shown(self) -> None:
        """Show the locked row again; asks no rule and notifies nobody."""

    def mark_released(self) -> None:
        """Release the locked row, and record the event that waited for it; `TypeError` where it is never held."""
        raise TypeError(f"a {self.kind} is never held")


class ModeratedText(ModerationTarget):
    """A text that somebody wrote about a skill; hidden and held by the same two columns."""

    row: Comment | Suggestion

    @property
    @override
    def owner(self) -> User | None:
        return self.row.author

    @property
    @override
    def skill(self) -> Skill:
        return self.row.skill

    @property
    @override
    def is_hidden(self) -> bool:
        return self.row.hidden_at is not None

    @property
    @override
    def held_at(self) -> datetime | None:
        return self.row.held_at

    @property
    @override
    def event_fields(self) -> dict[str, Any]:
        return {"skill_id": self.row.skill_id, **self.report_fields}

    @override
    def may_be_seen_by(self, person: Person) -> bool:
        return rules.may_see(person, self.row)

    @override
    def is_protected_from(self, person: Person) -> bool:
        return False  # what staff write is moderated as anybody's is

    @override
    def explain_refusal(self, moderator: User) -> str:
        return str(MODERATORS_DECIDE)

    @override
    def mark_hidden(self) -> None:
        self._save(hidden_at=timezone.now())

    @override
    def mark_shown(self) -> None:
        self._save(hidden_at=None)

    def _save(self, **moments: datetime | None) -> None:
        for name, moment in moments.items():
            setattr(self.row, name, moment)
        self.row.save(update_fields=list(moments))


class ModeratedComment(ModeratedText):
    """A comment; one that was deleted is there as long as a report of it waits."""

    kind = "comment"
    row: Comment

    @classmethod
    @override
    def get_queryset(cls) -> QuerySet[Comment]:
        waiting = Report.objects.filter(comment=OuterRef("pk"), outcome="")
        return Comment.objects.filter(Q(deleted_at__isnull=True) | Exists(waiting)).select_related(
            "author", "skill__framework", "skill__group__domain", "suggestion"
        )

    @property
    @override
    def text(self) -> str:
        """What it says, or said before its author deleted it while a report waits."""
        last = self.evidence.last()
        return last.body if last is not None else self.row.body

    @property
    @override
    def evidence(self) -> QuerySet[CommentVersion]:
        """The versions of a deleted comment, which are kept for reports alone."""
        return self.row.versions.all() if self.row.deleted_at is not None else super().evidence

    @property
    @override
    def url(self) -> str:
        if self.row.deleted_at is None:
            return reverse("community:comment", args=[self.pk])
        return self.row.discussion_url

    @override
    def mark_released(self) -> None:
        self._save(held_at=None)
        recording.record_comment(self.row)


class ModeratedSuggestion(ModeratedText):
    """A suggestion that was submitted."""

    kind = "suggestion"
    row: Suggestion

    @classmethod
    @override
    def get_queryset(cls) -> QuerySet[Suggestion]:
        submitted = Suggestion.objects.filter(submitted_at__isnull=False)
        return submitted.select_related("author", "skill__framework", "skill__group__domain")

    @property
    @override
    def text(self) -> str:
        return "\n".join(part for part in (self.row.reason, self.row.source) if part)

    @property
    @override
    def url(self) -> str:
        return reverse("community:suggestion", args=[self.pk])

    @override
    def mark_released(self) -> None:
        self._save(held_at=None)
        recording.announce(self.row)


class ModeratedProfile(ModerationTarget):
    """The name and the page of an active account. Hidden, it keeps its name where only moderators read it."""

    kind = "person"
    row: User
    COLUMNS = ("profile_hidden_at", "name", "hidden_name", "is_public", "was_public")

    @classmethod
    @override
    def get_queryset(cls) -> QuerySet[User]:
        return User.objects.filter(is_active=True)

    @property
    @override
    def owner(self) -> User:
        return self.row

    @property
    @override
    def text(self) -> str:
        return self.row.hidden_name or self.row.get_full_name()

    @property
    @override
    def url(self) -> str:
        return self.row.public_url

    @property
    @override
    def is_hidden(self) -> bool:
        return self.row.profile_hidden_at is not None

    @property
    @override
    def may_be_swept(self) -> bool:
        return not self.row.is_superuser  # it may have become one since the sweep was ordered

    @override
    def may_be_seen_by(self, person: Person) -> bool:
        return self.row.has_public_profile or membership.is_moderator(person)

    @override
    def may_be_moderated_by(self, person: Person) -> bool:
        return rules.may_moderate_account(person, self.row)

    @override
    def may_be_cleared_by(self, person: Person) -> bool:
        return self.may_be_moderated_by(person) or rules.may_close_reports(person, self.row)

    @override
    def is_protected_from(self, person: Person) -> bool:
        return rules.is_protected_account(person, self.row)

    @override
    def explain_refusal(self, moderator: User) -> str:
        if self.pk == moderator.pk:
            return _("It is about your own account: another person decides.")
        if self.row.is_superuser or self.row.is_staff:
            return _(
                "Only administrators decide about accounts of administrators and staff, and never about their own."
            )
        return str(MODERATORS_DECIDE)

    @override
    def mark_hidden(self) -> None:
        person = self.row
        person.profile_hidden_at, person.hidden_name, person.name = timezone.now(), person.name, ""
        person.was_public, person.is_public = person.is_public, False
        self._save()

    @override
    def mark_shown(self) -> None:
        person = self.row
        person.profile_hidden_at, person.name, person.hidden_name = None, person.hidden_name, ""
        person.is_public, person.was_public = person.was_public, False
        self._save()

    def _save(self) -> None:
        self.row.save(update_fields=self.COLUMNS)
        authorship.refresh_author_name(self.row)


ADAPTERS: Mapping[type[TargetRow], type[ModerationTarget]] = {
    Comment: ModeratedComment,
    Suggestion: ModeratedSuggestion,
    User: ModeratedProfile,
}
KINDS: Mapping[str, type[ModerationTarget]] = {adapter.kind: adapter for adapter in ADAPTERS.values()}
"""The adapters by what they are called in the log, in addresses and as a field of `Report`."""


def adapt(row: TargetRow) -> ModerationTarget:
    """Return the adapter around a comment, a suggestion or an account."""
    return ADAPTERS[type(row)](row)


def find(kind: str, pk: int) -> ModerationTarget | None:
    """Return one by its kind and primary key, whether it is hidden or not; None where there is none."""
    adapter = KINDS.get(kind)
    row = adapter.get_queryset().filter(pk=pk).first() if adapter else None
    return adapter(row) if adapter and row is not None else None


def find_many(kind: str, pks: set[int]) -> dict[int, ModerationTarget]:
    """Return those of one kind by their primary keys, in one query."""
    return {row.pk: KINDS[kind](row) for row in KINDS[kind].get_queryset().filter(pk__in=pks)} if pks else {}


def lock(row: TargetRow) -> ModerationTarget:
    """Read a row again and lock it until the transaction ends; raises `DoesNotExist` where it is gone."""
    assert transaction.get_connection().in_atomic_block
    adapter = type(adapt(row))
    return adapter(adapter.get_queryset().select_for_update(of=("self",), no_key=True).get(pk=row.pk))
