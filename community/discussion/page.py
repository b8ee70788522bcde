"""One page of a discussion as one reader sees it: threads one after the other, each with its answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from accounts import membership
from accounts.membership import MODERATORS, REVIEWERS, Person, is_in_groups
from accounts.models import User
from community import rules
from community.discussion.comments import Subject
from community.events import mentions
from community.models import Comment, Helpful, ThreadMute
from community.models.discussion import get_discussion_url
from skills.content.ladder import LadderStep
from skills.content.matrix import Place
from skills.content.places import Places
from skills.models import Role
from skills.text.markup import markdown
from skills.web import paging

PAGE_SIZE = 30
SORTS = ("oldest", "newest")


@dataclass(frozen=True)
class CommentLine:
    """One comment as its reader sees it. A hidden one is a tombstone, except for its author and moderators."""

    comment: Comment
    reader: Person
    people: markdown.LinkedPeople
    is_moderator: bool
    is_reviewer: bool
    may_write: bool

    @property
    def is_tombstone(self) -> bool:
        """Whether the reader sees only that there is a comment: it is deleted, or hidden from them."""
        return not rules.may_read(self.reader.pk, self.comment, as_moderator=self.is_moderator)

    @property
    def html(self) -> SafeString:
        """The text as HTML, with links to the mentioned people who have a public profile."""
        return markdown.render(self.comment.body, self.people)

    @property
    def helpful_count(self) -> int:
        """How many people find the comment helpful, see `annotate_comments`."""
        return int(getattr(self.comment, "helpful_count", 0))

    @property
    def is_own(self) -> bool:
        """Whether the reader wrote the comment."""
        return isinstance(self.reader, User) and self.comment.author_id == self.reader.pk

    @property
    def may_report(self) -> bool:
        """Whether the reader may report the comment to moderators."""
        is_shown = self.comment.hidden_at is None and self.comment.held_at is None
        return is_shown and self.may_write and rules.may_report(self.reader, self.comment.author)

    @property
    def may_edit(self) -> bool:
        """Whether the reader may edit the comment now."""
        return rules.may_edit_comment(self.reader, self.comment, timezone.now())

    @property
    def may_delete(self) -> bool:
        """Whether the reader may delete the comment."""
        return rules.may_delete_comment(self.reader, self.comment)

    @property
    def may_mark_helpful(self) -> bool:
        """Whether the reader may mark the comment as helpful."""
        return rules.may_mark_helpful(self.reader, self.comment)

    @property
    def may_resolve(self) -> bool:
        """Whether the reader may mark the thread that begins with this comment as resolved."""
        # The same as `rules.may_resolve`, which would make a query for each comment to see who reviews.
        is_thread = self.comment.parent_id is None and self.comment.deleted_at is None
        return is_thread and self.may_write and (self.is_own or self.is_reviewer)


@dataclass(frozen=True)
class Thread:
    """The comments of one thread that are on this page."""

    lines: Sequence[CommentLine]
    is_muted: bool
    places: Places | None = None

    @property
    def first_comment(self) -> Comment:
        """The first comment of the thread on this page; it may be an answer."""
        return self.lines[0].comment

    @property
    def is_continued(self) -> bool:
        """Whether the thread began on an earlier page."""
        return self.first_comment.parent_id is not None

    @property
    def thread_id(self) -> int:
        """The primary key of the comment that began the thread."""
        return self.first_comment.thread_id

    @property
    def is_resolved(self) -> bool:
        """Whether the thread is marked as resolved."""
        return self._root.resolved_at is not None

    @property
    def is_tombstone(self) -> bool:
        """Whether the reader can read none of its comments on this page."""
        return all(line.is_tombstone for line in self.lines)

    @property
    def may_answer(self) -> bool:
        """Whether the reader may answer in the thread."""
        return self.lines[0].may_write and self._root.hidden_at is None and self._root.held_at is None

    @property
    def cell(self) -> tuple[Role, LadderStep] | None:
        """Role and level of the cell that it is about; None without a cell, or if the framework has it no more."""
        place = Place(self.first_comment.role, self.first_comment.level)
        step = self.places.find_step(place) if self.places else None
        return (
            (self.places.roles[place.role], step) if self.places and step and place.role in self.places.roles else None
        )

    @property
    def _root(self) -> Comment:
        """The comment that began the thread, on this page or an earlier one."""
        return self.first_comment.parent or self.first_comment


@dataclass(frozen=True)
class DiscussionPage:
    """A page of the comments on a subject, in the order that the reader chose."""

    subject: Subject
    reader: Person
    page: Page[Comment]
    sort: str
    places: Places | None
    is_moderator: bool
    is_reviewer: bool

    @cached_property
    def threads(self) -> list[Thread]:
        """The threads of this page; two queries in addition to those of the page."""
        comments = list(self.page.object_list)
        people = mentions.find_linked_people([comment.body for comment in comments])
        # The same for every line, so asked only once for the page.
        permissions = self.is_moderator, self.is_reviewer, rules.may_comment(self.reader, self.subject.suggestion)
        muted_ids = self._find_muted_thread_ids({comment.thread_id for comment in comments})
        return [
            Thread(
                [CommentLine(comment, self.reader, linked, *permissions) for comment, linked in group],
                thread_id in muted_ids,
                self.places,
            )
            # `groupby` is enough, since the comments are ordered by thread.
            for thread_id, group in groupby(zip(comments, people, strict=True), key=lambda pair: pair[0].thread_id)
        ]

    def _find_muted_thread_ids(self, thread_ids: set[int]) -> set[int]:
        if not isinstance(self.reader, User):
            return set()
        mutes = ThreadMute.objects.filter(user=self.reader, thread__in=thread_ids)
        return set(mutes.values_list("thread", flat=True))

    @property
    def url(self) -> str:
        """The URL of the whole discussion, without a query."""
        return get_discussion_url(self.subject.skill, self.subject.suggestion_id)

    @property
    def page_links(self) -> list[tuple[int | str, str]]:
        """The links of the pagination: number or ellipsis, and URL."""
        return paging.build_page_links_with(self.page, lambda number: self.url + self.build_query(number))

    @property
    def current_query(self) -> str:
        """The query string of this page."""
        return self.build_query(self.page.number)

    def build_query(self, number: int) -> str:
        """Return the query string of a page of the same list, with the same cell and order.

        Values that are the default are left out, except the number of the page.
        """
        parts = [("page", str(number)), ("role", self.subject.place.role), ("level", self.subject.place.level)]
        parts += [("sort", self.sort)] if self.sort != SORTS[0] else []
        return "?" + "&".join(f"{name}={value}" for name, value in parts if value)


def get_ordered_comments(subject: Subject, reader: Person, sort: str, *, is_moderator: bool) -> QuerySet[Comment]:
    """Return the comments on a subject that a reader sees, if only as a tombstone.

    `sort` is one of `SORTS` and orders the threads; each is followed by its answers, the oldest first. With a place
    in the subject, only comments on that cell.
    """
    comments = Comment.objects.listed_for(reader, is_moderator=is_moderator).about(
        subject.skill.pk, subject.suggestion_id
    )
    if subject.place.role:
        comments = comments.filter(role=subject.place.role, level=subject.place.level)
    # Primary keys grow with time: the key of the first comment orders threads by their beginning.
    thread = Coalesce("parent_id", "id")
    by_thread = thread.desc() if sort == "newest" else thread.asc()
    return comments.annotate(thread=thread).order_by(by_thread, "pk")


def annotate_comments(comments: QuerySet[Comment], reader: Person) -> QuerySet[Comment]:
    """Return the comments with what a line shows.

    That is the author, the thread, how many people find it helpful, and whether the reader does.
    """
    own_marks = Helpful.objects.filter(comment=OuterRef("pk"), user=reader.pk or 0)  # no account has the key 0
    return comments.select_related("author", "parent", "suggestion").annotate(
        helpful_count=Count("helpful", distinct=True), is_helpful=Exists(own_marks)
    )


def build_discussion_page(
    subject: Subject, request: HttpRequest, places: Places | None, *, sort: str = "", number: str | None = None
) -> DiscussionPage:
    """Return a page of a discussion as the reader sees it who made the request.

    `places` are the cells of the skill, None for a suggestion; `number` is a page number as text, by default the one
    in the query; an unknown `sort` is the first of `SORTS`. Raises as `paging.get_page_or_404` does.
    """
    reader = request.user
    sort = sort if sort in SORTS else SORTS[0]
    is_moderator, is_reviewer = is_in_groups(reader, (MODERATORS, REVIEWERS))
    comments = get_ordered_comments(subject, reader, sort, is_moderator=is_moderator)
    paginator = Paginator(annotate_comments(comments, reader), PAGE_SIZE)
    # Counted without the annotations, which would make the query expensive; this sets the cached property.
    paginator.count = comments.count()
    page = paging.get_page_or_404(request, paginator, number)
    return DiscussionPage(subject, reader, page, sort, places, is_moderator, is_reviewer)


def build_comment_url(comment: Comment, reader: Person) -> str:
    """Return the URL of a comment: the right page of its discussion, with the fragment of the comment.

    The page depends on which comments the reader sees.
    """
    number = find_page_number(comment, reader)
    page = f"?page={number}" if number > 1 else ""
    return f"{comment.discussion_url}{page}#comment-{comment.pk}"


def find_page_number(comment: Comment, reader: Person) -> int:
    """Return the number of the page of its discussion that shows a comment to a reader.

    The page is one of the whole discussion, also for a comment on a cell, with the oldest thread first.
    """
    subject = Subject(comment.skill, comment.suggestion)
    thread = comment.thread_id
    visible = get_ordered_comments(subject, reader, SORTS[0], is_moderator=membership.is_moderator(reader))
    # What comes before it: all earlier threads, and earlier comments of its own thread.
    before = visible.filter(Q(thread__lt=thread) | Q(thread=thread, pk__lt=comment.pk))
    return before.count() // PAGE_SIZE + 1
