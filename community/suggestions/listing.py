"""Lists of suggestions: all of them with filters, those of one skill, those of one user."""

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
    """One value of a filter. `is_content` is false for a label of the interface, as that of a state."""

    value: str
    label: str
    is_content: bool = True


@dataclass(frozen=True)
class ListFilters:
    """The filters and the order that the reader requested; values that are not among the choices are ignored."""

    requested: Mapping[str, str]
    sort: str

    @classmethod
    def from_query(cls, data: QueryDict) -> "ListFilters":
        """Return the filters of a parsed query string.

        `data` may hold anything: an unknown sort becomes the default, unknown values are dropped by `chosen`.
        """
        sort = data.get("sort", "")
        return cls({name: data.get(name, "") for name in FACETS}, sort if sort in SORTS else SORTS[0])

    @cached_property
    def choices(self) -> dict[str, list[FilterChoice]]:
        """The choices of every filter, in three queries. Drafts are private, so "draft" is not a state to filter by."""
        return {
            "state": [
                FilterChoice(state.value, str(state.label), is_content=False) for state in State if state != "draft"
            ],
            "framework": [
                FilterChoice(*row)
                for row in Framework.objects.order_by("position", "sort_key", "pk").values_list("slug", "name")
            ],
            "domain": [
                FilterChoice(*row) for row in Domain.objects.order_by("sort_key", "pk").values_list("slug", "name")
            ],
            "role": [FilterChoice(*row) for row in Role.objects.order_by("sort_key", "pk").values_list("slug", "name")],
        }

    @cached_property
    def chosen(self) -> dict[str, str]:
        """The requested values that are among the choices, by filter."""
        valid_values = {name: {choice.value for choice in choices} for name, choices in self.choices.items()}
        return {name: value for name, value in self.requested.items() if value in valid_values[name]}

    @property
    def fields(self) -> list[tuple[str, str, str, list[FilterChoice], str]]:
        """Every filter for the template: name, label, label for "all", choices and chosen value."""
        labels = {
            "state": (_("State"), _("all states")),
            "framework": (_("Framework"), _("all frameworks")),
            "domain": (_("Domain"), _("all domains")),
            "role": (_("Role"), _("all roles")),
        }
        return [(name, *labels[name], self.choices[name], self.chosen.get(name, "")) for name in FACETS]

    def build_query_string(self, page: int = 1) -> str:
        """Return these filters as a query string, without "?".

        `page` is a page number from 1. Defaults are left out: '' is the first page of the unfiltered list.
        """
        data = QueryDict(mutable=True)
        data.update({name: value for name, value in self.chosen.items() if value})
        if self.sort != SORTS[0]:
            data["sort"] = self.sort
        if page > 1:
            data["page"] = str(page)
        return data.urlencode()


def annotate_for_list(suggestions: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    """Load what a line of a list shows, in the same query.

    That is skill, framework and author, and the annotations `score` (the sum of the votes) and `change_count`.
    """
    # Subqueries, not joins: two joined tables would multiply each other's rows and falsify both figures.
    votes = Vote.objects.filter(suggestion=OuterRef("pk")).order_by().values("suggestion")
    changes = SuggestedChange.objects.filter(suggestion=OuterRef("pk")).order_by().values("suggestion")
    return suggestions.select_related("skill__framework", "author").annotate(
        score=Coalesce(Subquery(votes.annotate(sum=Sum("value")).values("sum")), 0, output_field=IntegerField()),
        change_count=Coalesce(Subquery(changes.annotate(count=Count("pk")).values("count")), 0),
    )


def list_suggestions(filters: ListFilters) -> QuerySet[Suggestion]:
    """Return the public suggestions that match the filters, in the requested order.

    Drafts and suggestions that are hidden or held by moderators are left out, even for their authors.
    """
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
    # The primary key makes the order total, so that no row appears on two pages of the list.
    order = ("-score", "-submitted_at", "-pk") if filters.sort == "votes" else ("-submitted_at", "-pk")
    return annotate_for_list(suggestions).order_by(*order)


def _find_ids_for_role(slug: str) -> QuerySet[Any]:
    """Return the ids of the suggestions that change a requirement of this role."""
    role = Role.objects.get(slug=slug)
    # Changes name the role by its key, which is unique only within a framework; the slug is unique everywhere.
    rows = SuggestedChange.objects.filter(
        field=Field.REQUIREMENT, role=role.key, suggestion__skill__framework=role.framework_id
    )
    return rows.values("suggestion")


def list_for_skill(skill_id: int) -> QuerySet[Suggestion]:
    """Return the public suggestions for a skill, undecided ones first, then the newest.

    `skill_id` is the primary key of the skill. The suggestions come with what a list shows, see `annotate_for_list`.
    """
    # 0 sorts before 1: undecided suggestions come first.
    is_decided = Case(When(state__in=[State.OPEN, State.CHANGES_REQUESTED], then=Value(0)), default=Value(1))
    suggestions = Suggestion.objects.public().filter(skill=skill_id)
    return annotate_for_list(suggestions).order_by(is_decided, "-submitted_at", "-pk")


def split_by_state(suggestions: Sequence[Suggestion]) -> list[tuple[str, list[Suggestion]]]:
    """Return suggestions grouped by state, as pairs of the state's label and its suggestions.

    The groups have the order of `State`, from draft to outdated; a state without suggestions is left out. Within a
    group the order of `suggestions` stays.
    """
    by_state: dict[str, list[Suggestion]] = {state.value: [] for state in State}
    for suggestion in suggestions:
        by_state[suggestion.state].append(suggestion)
    return [(str(State(state).label), rows) for state, rows in by_state.items() if rows]


def list_for_person(person: User) -> QuerySet[Suggestion]:
    """Return all suggestions of a user, newest first.

    Drafts and suggestions that moderators hid or hold are included, so the list is for their author alone.
    """
    return annotate_for_list(Suggestion.objects.filter(author=person)).order_by("-pk")


def list_drafts(person: User) -> QuerySet[Suggestion]:
    """Return the drafts of a user: suggestions that were not submitted yet, newest first.

    They come with what a list shows, see `annotate_for_list`.
    """
    return list_for_person(person).filter(state=State.DRAFT)
