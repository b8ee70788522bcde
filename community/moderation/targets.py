"""What moderators decide about: comments, suggestions and profiles, behind one interface.

Actions, the log, reports and sweeps use a `ModerationTarget` and never check which of the three it is. The classes
are adapters and not methods of the models, since they need rules and events, which are above the models.
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
from community.posting.refusals import Gone
from skills.models import Skill
from skills.revisions import authorship

type TargetRow = Comment | Suggestion | User
"""The rows that moderators decide about; `adapt` returns the adapter of a row."""

MODERATORS_DECIDE = gettext_lazy("Moderators decide, and never about what they wrote themselves.")


class ModerationTarget(ABC):
    """One thing that moderators decide about; `row` is the model instance."""

    kind: ClassVar[str]
    """The name of the kind in the log and in URLs, and the name of its field in `Report`."""

    def __init__(self, row: Any) -> None:
        self.row: TargetRow = row

    @classmethod
    @abstractmethod
    def get_queryset(cls) -> QuerySet[Any]:
        """Return the rows that moderators can decide about, with the related rows that the adapter needs."""

    @property
    def pk(self) -> int:
        """The primary key of the row."""
        return self.row.pk

    @property
    def key(self) -> tuple[str, int]:
        """Kind and primary key, as the log stores them."""
        return self.kind, self.pk

    @property
    @abstractmethod
    def owner(self) -> User | None:
        """The author of a text, or the account of a profile; None if the account was deleted."""

    @property
    def skill(self) -> Skill | None:
        """The skill that it is about, None for a profile."""
        return None

    @property
    @abstractmethod
    def text(self) -> str:
        """The text that moderators decide about."""

    @property
    @abstractmethod
    def url(self) -> str:
        """The URL of its page, '' if it has none."""

    @property
    @abstractmethod
    def is_hidden(self) -> bool:
        """Whether moderators have hidden it."""

    @property
    def held_at(self) -> datetime | None:
        """Since when it is held until a moderator releases it; None if it is not held."""
        return None

    @property
    def may_be_swept(self) -> bool:
        """Whether a sweep that was allowed when it was started may still hide it."""
        return True

    @property
    def evidence(self) -> QuerySet[CommentVersion]:
        """Texts that are kept only while reports of it wait."""
        return CommentVersion.objects.none()

    @property
    def report_fields(self) -> dict[str, Any]:
        """Field name and row as keyword arguments, to filter reports of it and to create one."""
        return {self.kind: self.row}

    @property
    def event_fields(self) -> dict[str, Any]:
        """The fields of a moderation event that refer to it; an event about a profile has only its recipient."""
        return {"skill_id": None}

    @abstractmethod
    def may_be_seen_by(self, person: Person) -> bool:
        """Return whether a person may see it.

        Moderators, and the author of a text, also see what is hidden or held.
        """

    def may_be_moderated_by(self, person: Person) -> bool:
        """Return whether a person may hide it, show it again and decide on its reports, by `rules.may_moderate`."""
        return rules.may_moderate(person, self.owner)

    def may_be_cleared_by(self, person: Person) -> bool:
        """Return whether a person may disagree with reports of it.

        With some profiles this is all that moderators may do, see `rules.may_close_reports`.
        """
        return self.may_be_moderated_by(person)

    @abstractmethod
    def is_protected_from(self, person: Person) -> bool:
        """Return whether a person, moderator or not, is barred from deciding; see `rules.is_protected_account`."""

    @abstractmethod
    def explain_refusal(self, moderator: User) -> str:
        """Return why this person, whom a rule has refused, may not decide about it, in the reader's language."""

    @abstractmethod
    def mark_hidden(self) -> None:
        """Hide the locked row; check no rule and notify nobody."""

    @abstractmethod
    def mark_shown(self) -> None:
        """Show the locked row again; check no rule and notify nobody."""

    def mark_released(self) -> None:
        """Release the locked row and record the event that waited for it; raises `TypeError` if it is never held."""
        raise TypeError(f"a {self.kind} is never held")


class ModeratedText(ModerationTarget):
    """A text about a skill; comments and suggestions are hidden and held with the same two columns."""

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
        return False  # texts of staff are moderated like texts of everybody else

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
    """A comment; a deleted one can be decided about as long as a report of it waits."""

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
        """The current text, or the last text before its author deleted it while a report waited."""
        last = self.evidence.last()  # None unless the comment is deleted
        return last.body if last is not None else self.row.body

    @property
    @override
    def evidence(self) -> QuerySet[CommentVersion]:
        """The versions of a deleted comment, which are kept only for reports."""
        return self.row.versions.all() if self.row.deleted_at is not None else super().evidence

    @property
    @override
    def url(self) -> str:
        if self.row.deleted_at is None:
            return reverse("community:comment", args=[self.pk])
        # A deleted comment has no page of its own any more.
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
        recording.record_pending_suggestion(self.row)


class ModeratedProfile(ModerationTarget):
    """Name and profile of an active account; while it is hidden, only moderators read the name, in `hidden_name`."""

    kind = "person"
    row: User
    COLUMNS = ("profile_hidden_at", "name", "hidden_name", "is_public", "was_public")  # all that hiding changes

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
        return not self.row.is_superuser  # the person may have become one since the sweep was started

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
        # Keep the person's choice, so that `mark_shown` can restore it.
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
        # Cached pages of skills show the names of authors.
        authorship.refresh_pages_naming(self.row)


ADAPTERS: Mapping[type[TargetRow], type[ModerationTarget]] = {
    Comment: ModeratedComment,
    Suggestion: ModeratedSuggestion,
    User: ModeratedProfile,
}
KINDS: Mapping[str, type[ModerationTarget]] = {adapter.kind: adapter for adapter in ADAPTERS.values()}


def adapt(row: TargetRow) -> ModerationTarget:
    """Return the adapter around a comment, a suggestion or an account, without a query."""
    return ADAPTERS[type(row)](row)


def find(kind: str, pk: int) -> ModerationTarget | None:
    """Return a target by kind and primary key, hidden or not; None if there is no such kind or row.

    `get_queryset` of the adapter decides which rows there are.
    """
    adapter = KINDS.get(kind)
    row = adapter.get_queryset().filter(pk=pk).first() if adapter else None
    return adapter(row) if adapter and row is not None else None


def find_many(kind: str, pks: set[int]) -> dict[int, ModerationTarget]:
    """Return targets of one kind by primary key, in one query.

    Missing rows are left out; for no keys at all no query is made.
    """
    return {row.pk: KINDS[kind](row) for row in KINDS[kind].get_queryset().filter(pk__in=pks)} if pks else {}


def lock(row: TargetRow) -> ModerationTarget:
    """Lock a row until the transaction ends and return the adapter around its current values.

    Raises `Gone` if the row was deleted meanwhile. The caller must be in a transaction.
    """
    assert transaction.get_connection().in_atomic_block  # else the lock would be released at once
    adapter = type(adapt(row))
    rows = adapter.get_queryset().select_for_update(of=("self",), no_key=True)
    if (locked := rows.filter(pk=row.pk).first()) is None:
        raise Gone(_("This was deleted meanwhile."))
    return adapter(locked)
