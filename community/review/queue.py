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
from community.models.suggestions import ACCEPTED
from community.suggestions.conflicts import conflicting
from community.suggestions.listing import listed
from skills.content.changes import Field
from skills.models import Domain, Skill
from skills.models.counting import count_of
from skills.web.paging import links_to

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


def waiting() -> QuerySet[Suggestion]:
    """Return everything that waits for a decision."""
    return Suggestion.objects.public().filter(state=State.OPEN)


def of_filter(name: str, reviewer: User) -> QuerySet[Suggestion]:
    """Return what one filter of the queue leaves, the oldest first but for "most-watched"."""
    found = waiting()
    condition = _conditions(reviewer).get(name)
    if condition is not None:
        found = found.filter(condition)
    if name == "most-watched":
        return found.annotate(watchers=count_of(Suggestion, "skill__watches")).order_by(
            "-watchers", "submitted_at", "pk"
        )
    return found.order_by("submitted_at", "pk")


def counts(reviewer: User, domain: str = "") -> dict[str, int]:
    """Return how much each filter leaves, in one query."""
    found = _in_domain(waiting(), domain)
    conditions = _conditions(reviewer)
    counted = {name.replace("-", "_"): Count("pk", filter=condition) for name, condition in conditions.items()}
    numbers = found.aggregate(all=Count("pk"), **counted)
    return {name: numbers[name.replace("-", "_")] if name in conditions else numbers["all"] for name in FILTERS}


def domains() -> list[dict[str, Any]]:
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


def _in_domain(found: QuerySet[Suggestion], domain: str) -> QuerySet[Suggestion]:
    return found.filter(skill__group__domain__slug=domain) if domain else found


def _conditions(reviewer: User) -> dict[str, Any]:
    """Return what filters ask of a suggestion."""
    pending = SuggestedChange.objects.filter(suggestion=OuterRef("pk"), outcome=ChangeOutcome.PENDING)
    leaves = Q(field=Field.STATUS) & ~Q(proposed=Skill.Status.CURRENT.value)
    removals = pending.filter(Q(field=Field.REQUIREMENT, proposed__isnull=True) | leaves)
    # Not asked anew for each suggestion: one author may have thousands.
    known = Suggestion.objects.filter(state__in=ACCEPTED, author__isnull=False).values("author")
    return {
        "my-skills": _watched(reviewer),
        "typos": Q(Exists(pending)) & ~Q(Exists(pending.filter(is_tiny=False))),
        "removals": Q(Exists(removals)),
        "conflicts": Q(Exists(conflicting(pending))),
        "first": Q(author__isnull=False) & ~Q(author__in=known),
    }


def _watched(reviewer: User) -> Q:
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
    domain: str
    page: Page[Suggestion]
    counts: Mapping[str, int]
    domains: list[dict[str, Any]]

    @property
    def tabs(self) -> list[tuple[str, Promise, int, str]]:
        """Name, words, count and query of every filter."""
        return [(name, words, self.counts[name], query_of(name, self.domain)) for name, words in FILTERS.items()]

    @property
    def query(self) -> str:
        """What an address carries to come back to this page of the queue."""
        return query_of(self.filter, self.domain, self.page.number)

    @property
    def page_links(self) -> list[tuple[int | str, str]]:
        return links_to(self.page, lambda number: f"?{query_of(self.filter, self.domain, number)}")

    def after(self, pk: int) -> int | None:
        """Return the suggestion to read when `pk` is decided: the next on the page, else its first."""
        pks = [row.pk for row in self.page.object_list]
        others = [other for other in pks if other != pk]
        if pk not in pks or pks.index(pk) >= len(others):
            return others[0] if others else None
        return others[pks.index(pk)]


def query_of(name: str, domain: str = "", page: int = 1) -> str:
    """Return the query string of a page of the queue."""
    data = QueryDict(mutable=True)
    data["filter"] = name
    if domain:
        data["domain"] = domain
    if page > 1:
        data["page"] = str(page)
    return data.urlencode()


def chosen(data: QueryDict) -> tuple[str, str, str]:
    """Read filter, domain and page from a query; what does not exist is as good as not asked."""
    name = data.get("filter", "")
    return name if name in FILTERS else "oldest", data.get("domain", "").replace("\0", ""), data.get("page", "1")


def queue_of(reviewer: User, data: QueryDict) -> Queue:
    """Return the page of the queue that a query asks for; raises Http404 for a page that makes no sense."""
    name, domain, number = chosen(data)
    offered = domains()
    if domain not in {row["slug"] for row in offered}:
        domain = ""
    found_counts = counts(reviewer, domain)
    rows = listed(_in_domain(of_filter(name, reviewer), domain))
    rows = rows.annotate(
        is_conflict=_conditions(reviewer)["conflicts"],
        is_first=_conditions(reviewer)["first"],
        is_held=Case(When(claimed_until__gt=timezone.now(), then=True), default=False),
    )
    paginator = _Paginator(rows, PAGE_SIZE)
    paginator.count = found_counts[name]
    try:
        page = paginator.page(number)
    except PageNotAnInteger as error:
        raise Http404(_("This list has no such page.")) from error
    except EmptyPage:
        page = paginator.page(paginator.num_pages)  # decided meanwhile: what is left is the last page
    return Queue(name, domain, page, found_counts, offered)


def next_to_review(reviewer: User, data: QueryDict, decided: int) -> int | None:
    """Return the suggestion that stands first on the page of the queue that a query asks for, but the one `decided`.

    A domain in which nothing waits any more is as good as not asked for, as in `queue_of`. None where the filter
    leaves nothing. A query of its own, because the page with the counts of its filters costs many times as much.
    """
    name, domain, number = chosen(data)
    if domain and not _in_domain(waiting().exclude(pk=decided), domain).exists():
        domain = ""
    found = _in_domain(of_filter(name, reviewer).exclude(pk=decided), domain)
    return next(iter(Paginator(found.values_list("pk", flat=True), PAGE_SIZE).get_page(number)), None)


class _Paginator(Paginator[Suggestion]):
    """Takes the count that the filters have told already."""

    count = 0
