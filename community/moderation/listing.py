"""The moderators' list: what is reported or held, what is hidden, who is suspended."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, Model, Q
from django.utils import timezone

from accounts.membership import Person
from accounts.models import User
from community import rules
from community.models import Comment, Report, Suggestion
from community.models.suggestions import ACCEPTED_STATES
from community.moderation import targets
from community.moderation.targets import ModerationTarget
from skills.web.displayed import build_digest

PAGE_SIZE = 20
TEXT_MODELS: Mapping[str, type[Model]] = {"comment": Comment, "suggestion": Suggestion}
"""What can be held until a moderator checks it, and hidden by itself."""
TABS = ("waiting", "hidden", "suspended")

type ItemKey = tuple[str, int]  # kind and primary key of a target


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """What a person has written so far, for the moderators who decide about it."""

    suggestion_count: int = 0
    comment_count: int = 0
    accepted_count: int = 0
    hidden_count: int = 0


@dataclass(slots=True)
class Item:
    """One item of the list: the target, its owner, who reports it and why."""

    target: ModerationTarget
    record: PersonRecord
    is_own: bool
    is_protected: bool
    may_close: bool
    """Whether disagreeing with the reports is all a moderator may do: the profile is protected from them."""
    reports: list[Report] = field(default_factory=list)

    @property
    def may_decide(self) -> bool:
        """Whether the moderator who reads the list may decide about it."""
        return not self.is_own and not self.is_protected

    @property
    def owner(self) -> User | None:
        """Who wrote it, or whose profile it is; None if the account was deleted."""
        return self.target.owner

    @property
    def kind(self) -> str:
        """The kind of target, as in URLs."""
        return self.target.kind

    @property
    def anchor(self) -> str:
        """The id of its HTML element on the page."""
        return f"{self.kind}-{self.target.pk}"

    @property
    def text(self) -> str:
        """The text to decide about."""
        return self.target.text

    @property
    def url(self) -> str:
        """The URL of its own page, '' if it has none."""
        return self.target.url

    @property
    def displayed(self) -> str:
        """The digest of what the list displays, for the form that decides about it."""
        return build_displayed(self.target)

    @property
    def is_hidden(self) -> bool:
        """Whether it is hidden."""
        return self.target.is_hidden

    @property
    def held_at(self) -> datetime | None:
        """Since when it is held; None if it is not."""
        return self.target.held_at


def list_item_keys(tab: str) -> Sequence[ItemKey]:
    """Return the keys of everything that a tab lists.

    `tab` is one of `TABS`; any other value counts as "hidden". Waiting items come with the longest waiting first,
    suspended accounts by the end of their suspension, hidden items with the latest first.
    """
    if tab == "waiting":
        return _list_waiting_keys()
    if tab == "suspended":
        people = User.objects.filter(suspended_until__gt=timezone.now(), is_active=True)
        return [("person", pk) for pk in people.order_by("suspended_until", "pk").values_list("pk", flat=True)]
    hidden: list[tuple[datetime, str, int]] = []
    hidden_people = User.objects.filter(profile_hidden_at__isnull=False, is_active=True)
    # The items of all kinds are merged by the moment at which they were hidden.
    for kind, model in TEXT_MODELS.items():
        rows = model._default_manager.filter(hidden_at__isnull=False).values_list("hidden_at", "pk")
        hidden += [(at, kind, pk) for at, pk in rows]
    # `if at` only narrows the type: the filter has excluded NULL.
    hidden += [(at, "person", pk) for at, pk in hidden_people.values_list("profile_hidden_at", "pk") if at]
    return [(kind, pk) for _at, kind, pk in sorted(hidden, reverse=True)]


def _list_waiting_keys(moderator: User | None = None) -> Sequence[ItemKey]:
    """Return the keys of waiting items, the longest waiting first; with a moderator only those they may decide."""
    waiting_since: dict[ItemKey, datetime] = {}
    # The profile of an inactive account is not visible any more, so reports of it do not wait.
    waiting = Report.objects.filter(Q(person__isnull=True) | Q(person__is_active=True), outcome="")
    if moderator is not None:
        waiting = waiting.exclude(_build_undecidable_condition(moderator))
    for kind in targets.KINDS:
        rows = waiting.filter(**{f"{kind}__isnull": False}).values_list(kind).annotate(first=Min("made_at"))
        waiting_since |= {(kind, pk): first for pk, first in rows}
    # A text can be reported and held: it waits since the earlier of the two.
    for kind, model in TEXT_MODELS.items():
        held = model._default_manager.filter(held_at__isnull=False, hidden_at__isnull=True)
        if moderator is not None:
            held = held.exclude(author=moderator)
        for pk, at in held.values_list("pk", "held_at"):
            waiting_since[kind, pk] = min(at, waiting_since.get((kind, pk), at))
    return sorted(waiting_since, key=lambda key: (waiting_since[key], key))


def _build_undecidable_condition(moderator: User) -> Q:
    """Return the condition for reports that `ModerationTarget.may_be_cleared_by` does not let this moderator close.

    The two must agree; here it is written in SQL, so that counting needs no query for each report.
    """
    is_own = Q(comment__author=moderator) | Q(suggestion__author=moderator) | Q(person=moderator)
    if moderator.is_superuser:
        return is_own
    is_protected = Q(person__is_superuser=True) | Q(person__is_staff=True)
    return is_own | (is_protected & ~Q(person__in=rules.list_undecidable_accounts()))


def count_waiting(moderator: User) -> int:
    """Return the number of waiting items that a moderator may decide.

    Items of their own and profiles that are protected from them do not count.
    """
    return len(_list_waiting_keys(moderator))


def build_items(keys: Sequence[ItemKey], moderator: Person) -> list[Item]:
    """Return the items for a page of keys, in the order of `keys`; missing rows are left out.

    Each item comes with the record of its owner and the reports that wait. The number of queries does not depend
    on the number of items.
    """
    loaded = {kind: targets.find_many(kind, {pk for name, pk in keys if name == kind}) for kind in targets.KINDS}
    present = [loaded[kind][pk] for kind, pk in keys if pk in loaded[kind]]
    records = _load_records({target.owner.pk for target in present if target.owner})
    protected_ids = [target.pk for target in present if target.is_protected_from(moderator)]
    closable_ids = set(rules.list_undecidable_accounts().filter(pk__in=protected_ids).values_list("pk", flat=True))
    items = {target.key: _build_item(target, records, moderator, closable_ids) for target in present}
    is_about_items = Q(pk__in=[])  # matches nothing; each kind adds its rows below
    for kind in targets.KINDS:
        is_about_items |= Q(**{f"{kind}__in": [pk for name, pk in items if name == kind]})
    for report in (
        Report.objects.filter(is_about_items, outcome="").select_related("reporter").order_by("made_at", "pk")
    ):
        items[report.kind, getattr(report, f"{report.kind}_id")].reports.append(report)
    return list(items.values())


def _build_item(
    target: ModerationTarget, records: Mapping[int, PersonRecord], moderator: Person, closable_ids: Container[int]
) -> Item:
    owner = target.owner
    is_own = owner is not None and owner.pk == moderator.pk
    is_protected = target.is_protected_from(moderator)
    may_close = is_protected and not is_own and target.pk in closable_ids
    record = records.get(owner.pk, PersonRecord()) if owner else PersonRecord()
    return Item(target, record, is_own, is_protected, may_close)


def _load_records(person_ids: set[int]) -> dict[int, PersonRecord]:
    """Return the records of accounts by primary key, in two queries; deleted comments count too."""
    # Drafts do not count: nobody but their author sees them.
    suggestion_rows = (
        Suggestion.objects.filter(author__in=person_ids, submitted_at__isnull=False)
        .values("author")
        .annotate(
            all=Count("pk"),
            accepted=Count("pk", filter=Q(state__in=ACCEPTED_STATES)),
            hidden=Count("pk", filter=Q(hidden_at__isnull=False)),
            person=F("author"),
        )
    )
    comment_rows = (
        Comment.objects.filter(author__in=person_ids)
        .values_list("author")
        .annotate(all=Count("pk"), hidden=Count("pk", filter=Q(hidden_at__isnull=False)))
    )
    suggestions = {row["person"]: row for row in suggestion_rows}
    comments = {pk: (count, hidden) for pk, count, hidden in comment_rows}
    return {pk: _build_record(suggestions.get(pk), comments.get(pk, (0, 0))) for pk in person_ids}


def _build_record(suggestion_row: Mapping[str, Any] | None, comments: tuple[int, int]) -> PersonRecord:
    """Add up the counts; `comments` holds how many comments there are and how many of them are hidden."""
    row = suggestion_row or {"all": 0, "accepted": 0, "hidden": 0}
    return PersonRecord(row["all"], comments[0], row["accepted"], row["hidden"] + comments[1])


def build_displayed(target: ModerationTarget) -> str:
    """Return the digest of what a moderator reads before deciding about a target.

    It differs once the text is another one, or once it was hidden, shown, held, released, suspended or freed.
    """
    states = [str(target.is_hidden), str(target.held_at)]
    if isinstance(target.row, User):
        states += [str(target.row.suspended_until), target.row.suspension_reason]
    return build_digest(target.text, *states)


def load_record(person: User) -> PersonRecord:
    """Return what one person has written so far.

    All counts are 0 for a person who has written nothing.
    """
    return _load_records({person.pk}).get(person.pk, PersonRecord())
