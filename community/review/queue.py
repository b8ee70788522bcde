"""The queue of suggestions that wait for a reviewer: its filters, their counts, one page of it.

Nothing is computed row by row. Whether a change is tiny is stored with it; the database compares
whether today's text is still the base of a change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from accounts.access import MemberRequest
from accounts.models import User
from community.models import ChangeOutcome, Decision, State, Step, SuggestedChange, Suggestion, Verdict, Watch
from community.models.suggestions import ACCEPTED_STATES
from community.suggestions.conflicts import filter_conflicting
from community.suggestions.listing import annotate_for_list
from community.suggestions.whole_skills import attach_retirements
from skills.content.changes import Field
from skills.models import Domain, Skill
from skills.models.counting import count_related
from skills.web.paging import build_page_links_with, get_page_or_404

PAGE_SIZE = 20
UNDO_OFFER = timedelta(minutes=15)  # so long the queue offers to undo an accept, which a key may have caused

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
    """Return the suggestions that wait for a decision, without those that moderators hid or hold."""
    return Suggestion.objects.public().filter(state=State.OPEN)


def list_filtered(name: str, reviewer: User) -> QuerySet[Suggestion]:
    """Return the suggestions of one filter of the queue.

    `name` is a key of `FILTERS`; "oldest" leaves all. The order is oldest first, for "most-watched" most
    watched first.
    """
    suggestions = list_waiting()
    condition = _build_conditions(reviewer).get(name)
    if condition is not None:
        suggestions = suggestions.filter(condition)
    if name == "most-watched":
        return suggestions.annotate(watchers=count_related(Suggestion, "skill__watches")).order_by(
            "-watchers", "submitted_at", "pk"
        )
    return suggestions.order_by("submitted_at", "pk")  # pk: a stable order for paging


def count_by_filter(reviewer: User, domain_slug: str = "") -> dict[str, int]:
    """Return the number of suggestions of each filter, by its name, in one query.

    An empty `domain_slug` counts all domains.
    """
    suggestions = _filter_by_domain(list_waiting(), domain_slug)
    conditions = _build_conditions(reviewer)
    # Names of aggregates must be identifiers: "my-skills" becomes "my_skills".
    aggregates = {name.replace("-", "_"): Count("pk", filter=condition) for name, condition in conditions.items()}
    numbers = suggestions.aggregate(all=Count("pk"), **aggregates)
    # "oldest" and "most-watched" have no condition, only an order: they leave all.
    return {name: numbers[name.replace("-", "_")] if name in conditions else numbers["all"] for name in FILTERS}


def list_domains() -> list[dict[str, Any]]:
    """Return the domains in which suggestions wait, by name, with `slug`, `name`, `language` and `count`."""
    # The same condition as `list_waiting`, seen from the domain.
    rows = Domain.objects.filter(
        groups__skills__suggestions__state=State.OPEN,
        groups__skills__suggestions__hidden_at__isnull=True,
        groups__skills__suggestions__held_at__isnull=True,
    )
    counted: Any = rows.values("slug", "name", "sort_key", language=F("framework__language")).annotate(
        count=Count("groups__skills__suggestions")
    )
    return list(counted.order_by("sort_key", "slug"))


def _filter_by_domain(suggestions: QuerySet[Suggestion], domain_slug: str) -> QuerySet[Suggestion]:
    return suggestions.filter(skill__group__domain__slug=domain_slug) if domain_slug else suggestions


def _build_conditions(reviewer: User) -> dict[str, Any]:
    """Return the condition of each filter that has one, by its name."""
    pending = SuggestedChange.objects.filter(suggestion=OuterRef("pk"), outcome=ChangeOutcome.PENDING)
    leaves = Q(field=Field.STATUS) & ~Q(proposed=Skill.Status.CURRENT.value)
    # A removal: a requirement without a proposed value, or a skill that leaves its framework.
    removals = pending.filter(Q(field=Field.REQUIREMENT, proposed__isnull=True) | leaves)
    # One subquery for the whole list, not one for each suggestion: one author may have thousands.
    accepted_authors = Suggestion.objects.filter(state__in=ACCEPTED_STATES, author__isnull=False).values("author")
    return {
        "my-skills": _build_watched_condition(reviewer),
        "typos": Q(Exists(pending)) & ~Q(Exists(pending.filter(is_tiny=False))),
        "removals": Q(Exists(removals)),
        "conflicts": Q(Exists(filter_conflicting(pending))),
        "first": Q(author__isnull=False) & ~Q(author__in=accepted_authors),
    }


def _build_watched_condition(reviewer: User) -> Q:
    """Return the condition that the reviewer watches skill, group or domain, and has not muted the skill."""
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
        """Name, label, count and query string of every filter."""
        return [
            (name, label, self.counts[name], build_query(name, self.domain_slug)) for name, label in FILTERS.items()
        ]

    @property
    def query(self) -> str:
        """The query string of this page of the queue, for links that return to it."""
        return build_query(self.filter, self.domain_slug, self.page.number)

    @property
    def page_links(self) -> list[tuple[int | str, str]]:
        """The links to the pages of the queue, with their labels."""
        return build_page_links_with(self.page, lambda number: f"?{build_query(self.filter, self.domain_slug, number)}")

    def get_next_id(self, pk: int) -> int | None:
        """Return the id of the suggestion to review after the suggestion `pk`.

        It is the next one on this page, else the first; None if the page holds no other.
        """
        page_ids = [row.pk for row in self.page.object_list]
        other_ids = [other_id for other_id in page_ids if other_id != pk]
        # Without `pk`, the next one has the index that `pk` had, unless `pk` was the last one.
        if pk not in page_ids or page_ids.index(pk) >= len(other_ids):
            return other_ids[0] if other_ids else None
        return other_ids[page_ids.index(pk)]


def build_query(name: str, domain_slug: str = "", page: int = 1) -> str:
    """Return the query string of a page of the queue, without the leading question mark.

    `name` is a key of `FILTERS`. An empty domain and page 1 are left out.
    """
    data = QueryDict(mutable=True)
    data["filter"] = name
    if domain_slug:
        data["domain"] = domain_slug
    if page > 1:
        data["page"] = str(page)
    return data.urlencode()


def parse_query(data: QueryDict) -> tuple[str, str]:
    """Return filter name and domain slug from a query string.

    An unknown filter counts as "oldest". The domain is not checked here; "" means all domains.
    """
    name = data.get("filter", "")
    return name if name in FILTERS else "oldest", data.get("domain", "").replace("\0", "")


def build_queue(request: MemberRequest) -> Queue:
    """Return the page of the queue that the query of a reviewer's request asks for.

    A domain in which nothing waits counts as not asked for. Raises as `get_page_or_404` does.
    """
    reviewer = request.user
    name, domain_slug = parse_query(request.GET)
    domains = list_domains()
    if domain_slug not in {row["slug"] for row in domains}:
        domain_slug = ""
    counts = count_by_filter(reviewer, domain_slug)
    rows = annotate_for_list(_filter_by_domain(list_filtered(name, reviewer), domain_slug))
    rows = rows.annotate(
        is_conflict=_build_conditions(reviewer)["conflicts"],
        is_first=_build_conditions(reviewer)["first"],
        # Sent along when several are declined, so that none is that was edited since.
        latest_step=Subquery(Step.objects.filter(suggestion=OuterRef("pk")).order_by("-pk").values("pk")[:1]),
        is_claimed=Case(When(claimed_until__gt=timezone.now(), then=True), default=False),
    )
    paginator = _CountedPaginator(rows, PAGE_SIZE)
    paginator.count = counts[name]
    page = get_page_or_404(request, paginator)
    page.object_list = attach_retirements(page.object_list)
    return Queue(name, domain_slug, page, counts, domains)


def find_first_to_review(reviewer: User, data: QueryDict, decided_id: int) -> int | None:
    """Return the id of the first suggestion, without `decided_id`, on the page that a query string asks for.

    A domain in which nothing waits any more counts as not asked for, as in `build_queue`. None if the filter leaves
    nothing. It has its own query, because the page with the counts of its filters costs many times as much.
    """
    name, domain_slug = parse_query(data)
    if domain_slug and not _filter_by_domain(list_waiting().exclude(pk=decided_id), domain_slug).exists():
        domain_slug = ""
    suggestions = _filter_by_domain(list_filtered(name, reviewer).exclude(pk=decided_id), domain_slug)
    pages = Paginator(suggestions.values_list("pk", flat=True), PAGE_SIZE)
    return next(iter(pages.get_page(data.get("page", "1"))), None)


def find_last_accept(reviewer: User) -> Decision | None:
    """Return the reviewer's last accept that ended a review, if it is in force and not older than `UNDO_OFFER`.

    None otherwise. It comes with its suggestion, the skill, the framework and the author.
    """
    accepts = Decision.objects.filter(reviewer=reviewer, verdict=Verdict.ACCEPT, is_closing=True, undone_at=None)
    # Without a condition for the time, the database reads one row from the end, not all of the reviewer's.
    last = accepts.select_related("suggestion__skill__framework", "suggestion__author").order_by("-pk").first()
    return last if last and last.suggestion.is_public and last.made_at > timezone.now() - UNDO_OFFER else None


class _CountedPaginator(Paginator[Suggestion]):
    """A paginator that gets the count from the filters, which have it already; it saves a query."""

    count = 0
