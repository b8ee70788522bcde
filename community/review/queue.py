"""What waits for a reviewer: the queue's filters, their counts, one page of it.

Nothing is worked out row by row. Whether a change is tiny is kept with it; whether today's
text is still the one it was based on is compared by the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from community.models import ChangeOutcome, State, SuggestedChange, Suggestion, Watch
from community.models.suggestions import ACCEPTED_STATES
from community.suggestions.conflicts import filter_conflicting
from community.suggestions.listing import annotate_for_list
from skills.content.changes import Field
from skills.models import Domain, Skill
from skills.models.counting import count_related
from skills.web.paging import build_page_links_with

PAGE_SIZE = 20

FILTERS: dict[str, Promise] = {
    "oldest": pgettext_lazy("review queue", "Oldest"),
    "most-watched": pgettext_lazy("review queue", "Most watched"),
    "my-skills": pgettext_lazy("review queue", "My skills"),
    "typos": pgettext_lazy("review queue", "Typos"),
    "removals": pgettext_lazy("review queue", "Removals"),
    "conflicts": pgettext_lazy("review queue", "Conflicts"),
    "first": pgettext_lazy("review queue", "First contributions"),
}


def list_waiting() -> QuerySet[Suggestion]:
    """Return everything that waits for a decision."""
    return Suggestion.objects.public().filter(state=State.OPEN)


def apply_filter(name: str, reviewer: User) -> QuerySet[Suggestion]:
    """Return what one filter of the queue leaves, the oldest first but for "most-watched"."""
    found = list_waiting()
    condition = _build_conditions(reviewer).get(name)
    if condition is not None:
        found = found.filter(condition)
    if name == "most-watched":
        return found.annotate(watchers=count_related(Suggestion, "skill__watches")).order_by(
            "-watchers", "submitted_at", "pk"
        )
    return found.order_by("submitted_at", "pk")


def count_by_filter(reviewer: User, domain_slug: str = "") -> dict[str, int]:
    """Return how much each filter leaves, in one query."""
    found = _filter_by_domain(list_waiting(), domain_slug)
    conditions = _build_conditions(reviewer)
    counted = {name.replace("-", "_"): Count("pk", filter=condition) for name, condition in conditions.items()}
    numbers = found.aggregate(all=Count("pk"), **counted)
    return {name: numbers[name.replace("-", "_")] if name in conditions else numbers["all"] for name in FILTERS}


def list_domains() -> list[dict[str, Any]]:
    """Return the domains in which something waits, by name, with `slug`, `name`, `language` and `count`."""
    rows = Domain.objects.filter(
        groups__skills__suggestions__state=State.OPEN,
        groups__skills__suggestions__hidden_at__isnull=True,
        groups__skills__suggestions__held_at__isnull=True,
    )
    counted: Any = rows.values("slug", "name", language=F("framework__language")).annotate(
        count=Count("groups__skills__suggestions")
    )
    return list(counted.order_by("name", "slug"))


def _filter_by_domain(suggestions: QuerySet[Suggestion], domain_slug: str) -> QuerySet[Suggestion]:
    return suggestions.filter(skill__group__domain__slug=domain_slug) if domain_slug else suggestions


def _build_conditions(reviewer: User) -> dict[str, Any]:
    """Return what filters ask of a suggestion."""
    pending = SuggestedChange.objects.filter(suggestion=OuterRef("pk"), outcome=ChangeOutcome.PENDING)
    leaves = Q(field=Field.STATUS) & ~Q(proposed=Skill.Status.CURRENT.value)
    removals = pending.filter(Q(field=Field.REQUIREMENT, proposed__isnull=True) | leaves)
    # Not asked anew for each suggestion: one author may have thousands.
    known = Suggestion.objects.filter(state__in=ACCEPTED_STATES, author__isnull=False).values("author")
    return {
        "my-skills": _build_watched_condition(reviewer),
        "typos": Q(Exists(pending)) & ~Q(Exists(pending.filter(is_tiny=False))),
        "removals": Q(Exists(removals)),
        "conflicts": Q(Exists(filter_conflicting(pending))),
        "first": Q(author__isnull=False) & ~Q(author__in=known),
    }


def _build_watched_condition(reviewer: User) -> Q:
    """Whether the reviewer watches the skill, its group or its domain; a muted skill is not theirs."""
    mine = Watch.objects.filter(user=reviewer)
    muted = mine.filter(skill=OuterRef("skill"), level=Watch.Level.MUTE)
    wide = Q(group=OuterRef("skill__group")) | Q(domain=OuterRef("skill__group__domain"))
    watched = mine.filter(Q(skill=OuterRef("skill")) | wide, level=Watch.Level.WATCH)
    return Q(Exists(watched)) & ~Q(Exists(muted))


@dataclass(frozen=True)
class Queue:
    """One page of the queue as one reviewer chose it."""

    filter: str
    domain_slug: str
    page: Page[Suggestion]
    counts: Mapping[str, int]
    domains: list[dict[str, Any]]

    @property
    def tabs(self) -> list[tuple[str, Promise, int, str]]:
        """Name, words, count and query of every filter."""
        return [
            (name, words, self.counts[name], build_query(name, self.domain_slug)) for name, words in FILTERS.items()
        ]

    @property
    def query(self) -> str:
        """What an address carries to come back to this page of the queue."""
        return build_query(self.filter, self.domain_slug, self.page.number)

    @property
    def page_links(self) -> list[tuple[int | str, str]]:
        return build_page_links_with(self.page, lambda number: f"?{build_query(self.filter, self.domain_slug, number)}")

    def get_next_id(self, pk: int) -> int | None:
        """Return the suggestion to read when `pk` is decided: the next on the page, else its first."""
        pks = [row.pk for row in self.page.object_list]
        others = [other for other in pks if other != pk]
        if pk not in pks or pks.index(pk) >= len(others):
            return others[0] if others else None
        return others[pks.index(pk)]


def build_query(name: str, domain_slug: str = "", page: int = 1) -> str:
    """Return the query string of a page of the queue."""
    data = QueryDict(mutable=True)
    data["filter"] = name
    if domain_slug:
        data["domain"] = domain_slug
    if page > 1:
        data["page"] = str(page)
    return data.urlencode()


def parse_query(data: QueryDict) -> tuple[str, str, str]:
    """Read filter, domain and page from a query; what does not exist is as good as not asked."""
    name = data.get("filter", "")
    return name if name in FILTERS else "oldest", data.get("domain", "").replace("\0", ""), data.get("page", "1")


def build_queue(reviewer: User, data: QueryDict) -> Queue:
    """Return the page of the queue that a query asks for; raises Http404 for a page that makes no sense."""
    name, domain, number = parse_query(data)
    offered = list_domains()
    if domain not in {row["slug"] for row in offered}:
        domain = ""
    found_counts = count_by_filter(reviewer, domain)
    rows = annotate_for_list(_filter_by_domain(apply_filter(name, reviewer), domain))
    rows = rows.annotate(
        is_conflict=_build_conditions(reviewer)["conflicts"],
        is_first=_build_conditions(reviewer)["first"],
        is_claimed=Case(When(claimed_until__gt=timezone.now(), then=True), default=False),
    )
    paginator = _CountedPaginator(rows, PAGE_SIZE)
    paginator.count = found_counts[name]
    try:
        page = paginator.page(number)
    except PageNotAnInteger as error:
        raise Http404(_("This list has no such page.")) from error
    except EmptyPage:
        page = paginator.page(paginator.num_pages)  # decided meanwhile: what is left is the last page
    return Queue(name, domain, page, found_counts, offered)


def find_next_to_review(reviewer: User, data: QueryDict, decided_id: int) -> int | None:
    """Return the suggestion that stands first on the page of the queue that a query asks for, but the one `decided`.

    A domain in which nothing waits any more is as good as not asked for, as in `build_queue`. None where the filter
    leaves nothing. A query of its own, because the page with the counts of its filters costs many times as much.
    """
    name, domain, number = parse_query(data)
    if domain and not _filter_by_domain(list_waiting().exclude(pk=decided_id), domain).exists():
        domain = ""
    found = _filter_by_domain(apply_filter(name, reviewer).exclude(pk=decided_id), domain)
    return next(iter(Paginator(found.values_list("pk", flat=True), PAGE_SIZE).get_page(number)), None)


class _CountedPaginator(Paginator[Suggestion]):
    """Takes the count that the filters have told already."""

    count = 0
