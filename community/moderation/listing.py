"""What moderators have before them: what is reported or held, what is hidden, who is suspended."""

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

PAGE_SIZE = 20
TEXT_MODELS: Mapping[str, type[Model]] = {"comment": Comment, "suggestion": Suggestion}
"""What can be held for a look, and hidden by itself."""
TABS = ("waiting", "hidden", "suspended")

type ItemKey = tuple[str, int]  # kind and number of a target


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """What is known of somebody whose words are judged."""

    suggestion_count: int = 0
    comment_count: int = 0
    accepted_count: int = 0
    hidden_count: int = 0


@dataclass(slots=True)
class Item:
    """One thing of the list: where it is, who wrote it, who reports it and why."""

    target: ModerationTarget
    record: PersonRecord
    is_own: bool
    is_protected: bool
    may_close: bool
    """Whether a moderator may do nothing but disagree with reports of a profile that is out of reach."""
    reports: list[Report] = field(default_factory=list)

    @property
    def may_decide(self) -> bool:
        """Whether the moderator who reads the list decides about it."""
        return not self.is_own and not self.is_protected

    @property
    def owner(self) -> User | None:
        """Who wrote it."""
        return self.target.owner

    @property
    def kind(self) -> str:
        """What it is, by its name in addresses."""
        return self.target.kind

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return f"{self.kind}-{self.target.pk}"

    @property
    def text(self) -> str:
        """What it says."""
        return self.target.text

    @property
    def url(self) -> str:
        """Where it stands."""
        return self.target.url

    @property
    def is_hidden(self) -> bool:
        """Whether it is hidden."""
        return self.target.is_hidden

    @property
    def held_at(self) -> datetime | None:
        """Since when it is held for a look."""
        return self.target.held_at


def list_item_keys(tab: str) -> Sequence[ItemKey]:
    """Return everything that one of `TABS` lists, what waits the longest first, else the latest first."""
    if tab == "waiting":
        return _list_waiting_keys()
    if tab == "suspended":
        people = User.objects.filter(suspended_until__gt=timezone.now(), is_active=True)
        return [("person", pk) for pk in people.order_by("suspended_until", "pk").values_list("pk", flat=True)]
    hidden: list[tuple[datetime, str, int]] = []
    people_hidden = User.objects.filter(profile_hidden_at__isnull=False, is_active=True)
    for kind, model in TEXT_MODELS.items():
        rows = model._default_manager.filter(hidden_at__isnull=False).values_list("hidden_at", "pk")
        hidden += [(at, kind, pk) for at, pk in rows]
    hidden += [(at, "person", pk) for at, pk in people_hidden.values_list("profile_hidden_at", "pk") if at]
    return [(kind, pk) for _at, kind, pk in sorted(hidden, reverse=True)]


def _list_waiting_keys(moderator: User | None = None) -> Sequence[ItemKey]:
    """Return what waits, the longest first; of a moderator, what they may decide."""
    since: dict[ItemKey, datetime] = {}
    # What is reported of an account that is switched off is not there any more.
    waiting = Report.objects.filter(Q(person__isnull=True) | Q(person__is_active=True), outcome="")
    if moderator is not None:
        waiting = waiting.exclude(_build_undecidable_condition(moderator))
    for kind in targets.KINDS:
        rows = waiting.filter(**{f"{kind}__isnull": False}).values_list(kind).annotate(first=Min("made_at"))
        since |= {(kind, number): first for number, first in rows}
    for kind, model in TEXT_MODELS.items():
        held = model._default_manager.filter(held_at__isnull=False, hidden_at__isnull=True)
        if moderator is not None:
            held = held.exclude(author=moderator)
        for pk, at in held.values_list("pk", "held_at"):
            since[kind, pk] = min(at, since.get((kind, pk), at))
    return sorted(since, key=lambda place: (since[place], place))


def _build_undecidable_condition(moderator: User) -> Q:
    """Return the condition for reports that `ModerationTarget.may_be_cleared_by` does not let this moderator close."""
    not_decided = Q(comment__author=moderator) | Q(suggestion__author=moderator) | Q(person=moderator)
    if moderator.is_superuser:
        return not_decided
    is_protected = Q(person__is_superuser=True) | Q(person__is_staff=True)
    return not_decided | (is_protected & ~Q(person__in=rules.list_undecidable_accounts()))


def count_waiting(moderator: User) -> int:
    """Return how many things wait that this moderator may decide."""
    return len(_list_waiting_keys(moderator))


def build_items(keys: Sequence[ItemKey], moderator: Person) -> list[Item]:
    """Return these things with their context, in as many queries whatever their number."""
    loaded = {kind: targets.find_many(kind, {pk for name, pk in keys if name == kind}) for kind in targets.KINDS}
    shown = [loaded[kind][pk] for kind, pk in keys if pk in loaded[kind]]
    records = _load_records({target.owner.pk for target in shown if target.owner})
    beyond = [target.pk for target in shown if target.is_protected_from(moderator)]
    closable = set(rules.list_undecidable_accounts().filter(pk__in=beyond).values_list("pk", flat=True))
    by_place = {target.key: _build_item(target, records, moderator, closable) for target in shown}
    about = Q(pk__in=[])
    for kind in targets.KINDS:
        about |= Q(**{f"{kind}__in": [pk for name, pk in by_place if name == kind]})
    for report in Report.objects.filter(about, outcome="").select_related("reporter").order_by("made_at", "pk"):
        by_place[report.kind, getattr(report, f"{report.kind}_id")].reports.append(report)
    return list(by_place.values())


def _build_item(
    target: ModerationTarget, records: Mapping[int, PersonRecord], moderator: Person, closable_ids: Container[int]
) -> Item:
    owner = target.owner
    is_own = owner is not None and owner.pk == moderator.pk
    is_out_of_reach = target.is_protected_from(moderator)
    may_close = is_out_of_reach and not is_own and target.pk in closable_ids
    record = records.get(owner.pk, PersonRecord()) if owner else PersonRecord()
    return Item(target, record, is_own, is_out_of_reach, may_close)


def _load_records(person_ids: set[int]) -> dict[int, PersonRecord]:
    rows = (
        Suggestion.objects.filter(author__in=person_ids, submitted_at__isnull=False)
        .values("author")
        .annotate(
            all=Count("pk"),
            accepted=Count("pk", filter=Q(state__in=ACCEPTED_STATES)),
            hidden=Count("pk", filter=Q(hidden_at__isnull=False)),
            person=F("author"),
        )
    )
    said = Comment.objects.filter(author__in=person_ids).values_list("author")
    comments = {
        pk: (count, hidden)
        for pk, count, hidden in said.annotate(all=Count("pk"), hidden=Count("pk", filter=Q(hidden_at__isnull=False)))
    }
    suggested = {row["person"]: row for row in rows}
    return {pk: _build_record(suggested.get(pk), comments.get(pk, (0, 0))) for pk in person_ids}


def _build_record(suggested: Mapping[str, Any] | None, comments: tuple[int, int]) -> PersonRecord:
    row = suggested or {"all": 0, "accepted": 0, "hidden": 0}
    return PersonRecord(row["all"], comments[0], row["accepted"], row["hidden"] + comments[1])


def load_record(person: User) -> PersonRecord:
    """Return what is known of one person."""
    return _load_records({person.pk}).get(person.pk, PersonRecord())
