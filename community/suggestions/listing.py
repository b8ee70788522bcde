"""Lists of suggestions: all of them with filters, those of a skill, those of a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from community.models import State, SuggestedChange, Suggestion, Vote
from skills.content.changes import Field
from skills.models import Domain, Framework, Role

PAGE_SIZE = 20
FACETS = ("state", "framework", "domain", "role")
SORTS = ("newest", "votes")


@dataclass(frozen=True)
class FilterChoice:
    """One value of a filter."""

    value: str
    label: str
    is_content: bool = True


@dataclass(frozen=True)
class ListFilters:
    """What a reader of the list asked for; what no choice offers is as good as not asked."""

    requested: Mapping[str, str]
    sort: str

    @classmethod
    def from_query(cls, data: QueryDict) -> "ListFilters":
        """Read the filters from a query string."""
        sort = data.get("sort", "")
        return cls({name: data.get(name, "") for name in FACETS}, sort if sort in SORTS else SORTS[0])

    @cached_property
    def choices(self) -> dict[str, list[FilterChoice]]:
        """The values of every filter, in three queries."""
        return {
            "state": [
                FilterChoice(state.value, str(state.label), is_content=False) for state in State if state != "draft"
            ],
            "framework": [
                FilterChoice(*row) for row in Framework.objects.order_by("position").values_list("slug", "name")
            ],
            "domain": [FilterChoice(*row) for row in Domain.objects.order_by("name").values_list("slug", "name")],
            "role": [FilterChoice(*row) for row in Role.objects.order_by("name").values_list("slug", "name")],
        }

    @cached_property
    def chosen(self) -> dict[str, str]:
        """What was asked and exists."""
        known = {name: {choice.value for choice in choices} for name, choices in self.choices.items()}
        return {name: value for name, value in self.requested.items() if value in known[name]}

    @property
    def fields(self) -> list[tuple[str, str, str, list[FilterChoice], str]]:
        """Name, label, label of all, choices and chosen value of every filter."""
        labels = {
            "state": (_("State"), _("all states")),
            "framework": (_("Framework"), _("all frameworks")),
            "domain": (_("Domain"), _("all domains")),
            "role": (_("Role"), _("all roles")),
        }
        return [(name, *labels[name], self.choices[name], self.chosen.get(name, "")) for name in FACETS]

    def build_query_string(self, page: int = 1) -> str:
        """Return these filters as a query string, without what is the default anyway."""
        data = QueryDict(mutable=True)
        data.update({name: value for name, value in self.chosen.items() if value})
        if self.sort != SORTS[0]:
            data["sort"] = self.sort
        if page > 1:
            data["page"] = str(page)
        return data.urlencode()


def annotate_for_list(suggestions: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    """Load what a line of a list shows: skill, framework, author, `score` and `change_count`."""
    votes = Vote.objects.filter(suggestion=OuterRef("pk")).order_by().values("suggestion")
    changes = SuggestedChange.objects.filter(suggestion=OuterRef("pk")).order_by().values("suggestion")
    return suggestions.select_related("skill__framework", "author").annotate(
        score=Coalesce(Subquery(votes.annotate(sum=Sum("value")).values("sum")), 0, output_field=IntegerField()),
        change_count=Coalesce(Subquery(changes.annotate(count=Count("pk")).values("count")), 0),
    )


def find_suggestions(filters: ListFilters) -> QuerySet[Suggestion]:
    """Return the suggestions that fit, in the order asked for; drafts are nobody else's business."""
    suggestions = Suggestion.objects.public()
    chosen = filters.chosen
    if state := chosen.get("state"):
        suggestions = suggestions.filter(state=state)
    if framework := chosen.get("framework"):
        suggestions = suggestions.filter(skill__framework__slug=framework)
    if domain := chosen.get("domain"):
        suggestions = suggestions.filter(skill__group__domain__slug=domain)
    if role := chosen.get("role"):
        suggestions = suggestions.filter(pk__in=_find_ids_for_role(role))
    order = ("-score", "-submitted_at", "-pk") if filters.sort == "votes" else ("-submitted_at", "-pk")
    return annotate_for_list(suggestions).order_by(*order)


def _find_ids_for_role(slug: str) -> QuerySet[Any]:
    role = Role.objects.get(slug=slug)
    rows = SuggestedChange.objects.filter(
        field=Field.REQUIREMENT, role=role.key, suggestion__skill__framework=role.framework_id
    )
    return rows.values("suggestion")


def list_for_skill(skill_id: int) -> QuerySet[Suggestion]:
    """Return everybody's suggestions for the skill with this primary key, undecided ones first, then newest."""
    is_decided = Case(When(state__in=[State.OPEN, State.CHANGES_REQUESTED], then=Value(0)), default=Value(1))
    suggestions = Suggestion.objects.public().filter(skill=skill_id)
    return annotate_for_list(suggestions).order_by(is_decided, "-submitted_at", "-pk")


def split_by_state(suggestions: Sequence[Suggestion]) -> list[tuple[str, list[Suggestion]]]:
    """Return somebody's own suggestions under the words of their states, in the order of a suggestion's way."""
    by_state: dict[str, list[Suggestion]] = {state.value: [] for state in State}
    for suggestion in suggestions:
        by_state[suggestion.state].append(suggestion)
    return [(str(State(state).label), rows) for state, rows in by_state.items() if rows]


def list_for_person(person: User) -> QuerySet[Suggestion]:
    """Return all suggestions of somebody, drafts too, newest first."""
    return annotate_for_list(Suggestion.objects.filter(author=person)).order_by("-pk")


def list_drafts(person: User) -> QuerySet[Suggestion]:
    """Return what somebody has begun to write and not submitted yet, the latest first."""
    return list_for_person(person).filter(state=State.DRAFT)
