"""Pages of talk, suggestions in every state, moderation and refusals: well made in both themes."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

from accounts.membership import MODERATORS
from accounts.models import User
from community.discussion import comments as discussion
from community.discussion.comments import Subject
from community.drafting import drafts
from community.models import Comment, CommentVersion, Fault, Kind, WriteKind
from community.moderation import reports
from community.notifications import unsubscribing
from community.posting import limiter
from community.review import deciding
from skills.content.matrix import Place
from skills.models import Significance
from tests.browser.conftest import OpenReader
from tests.browser.reader import Device, Reader
from tests.browser.stage import Stage, enter, staged
from tests.browser.test_every_page import HEIGHT, PHONE_WIDTH, assert_well_made
from tests.factories import make_user

pytestmark = pytest.mark.browser

FOR_AUTHORS = {
    "comments": "/de/skills/{slug}/comments/",
    "comments without any": "/de/skills/experiment-tracking/comments/",
    "comments of a cell": "/de/skills/{slug}/comments/?role=baker&level=junior",
    "comments, newest first": "/de/skills/{slug}/comments/?sort=newest",
    "comments of a suggestion": "/de/suggestions/{open}/comments/",
    "answering": "/de/skills/{slug}/comments/?answer={answered}&quote=1",
    "editing a comment": "/de/comments/{said}/edit/",
    "deleting a comment": "/de/comments/{said}/delete/",
    "suggestion from a comment": "/de/skills/{slug}/suggestions/new/?comment={answered}",
    "reporting a comment": "/de/report/comment/{answered}/",
    "reporting a suggestion": "/de/report/suggestion/{others}/",
    "new skill": "/de/suggestions/new-skill/",
    "suggestions of a skill": "/de/skills/{slug}/suggestions/",
    "draft": "/de/suggestions/{draft}/",
    "editing a draft": "/de/suggestions/{draft}/edit/",
    "open suggestion": "/de/suggestions/{open}/",
    "open suggestion of someone else": "/de/suggestions/{others}/",
    "suggestion to be changed": "/de/suggestions/{changes_requested}/",
    "accepted suggestion": "/de/suggestions/{accepted}/",
    "declined suggestion": "/de/suggestions/{declined}/",
    "withdrawn suggestion": "/de/suggestions/{withdrawn}/",
    "differences of revisions": "/de/skills/{slug}/history/compare/?from=1&to=2",
    "skill to watch": "/de/watch/skill/{skill}/",
    "end of mail": "/de/unsubscribe/{token}/",
}
FOR_REVIEWERS = {
    "review": "/de/review/{open}/",
    "review of what was accepted": "/de/review/{accepted}/",
    "review of what was declined": "/de/review/{declined}/",
    "review of what was sent back": "/de/review/{changes_requested}/",
}
FOR_MODERATORS = {
    "comments with hidden ones": "/de/skills/{slug}/comments/",
    "versions of a comment": "/de/comments/{said}/versions/",
    "one thing to moderate": "/de/moderation/comment/{answered}/",
    "everything reported": "/de/moderation/",
    "person": "/de/moderation/people/{author}/",
}
PAGES = [
    *(("author", address) for address in FOR_AUTHORS.values()),
    *(("reviewer", address) for address in FOR_REVIEWERS.values()),
    *(("moderator", address) for address in FOR_MODERATORS.values()),
    ("suspended", "/de/skills/{slug}/comments/"),
]
NAMES = [*FOR_AUTHORS, *FOR_REVIEWERS, *FOR_MODERATORS, "comments for the suspended"]


@dataclass
class Town:
    """The stage with everything that it can show, and the numbers in its addresses."""

    stage: Stage
    people: dict[str, User]
    numbers: dict[str, Any]

    def address(self, pattern: str) -> str:
        return pattern.format_map(self.numbers)


def talked(stage: Stage) -> dict[str, Any]:
    """Let people talk: an edited comment, answered ones, a resolved thread, tombstones, a report."""
    world = stage.world
    about, cell = Subject(world.skill), Subject(world.skill, None, Place("baker", "junior"))

    def say(author: User, body: str, subject: Subject = about, parent: Comment | None = None) -> Comment:
        return discussion.post(author, subject, body, parent=parent, key=uuid.uuid4())

    answered = say(world.reviewer, "# Is it?\n\n| a | b |\n|-|-|\n| `c` | [d](https://example.org) |\n\n> so", cell)
    said = say(world.author, "> so\n\nYes.", parent=answered)
    CommentVersion.objects.create(comment=said, body="No.")
    Comment.objects.filter(pk=said.pk).update(edited_at=timezone.now())
    discussion.mark_helpful(answered, world.other_reviewer, is_helpful=True)
    settled = say(world.reviewer, "Settled.")
    discussion.resolve(settled, world.reviewer, is_resolved=True)
    hidden, gone = say(world.reviewer, "Hidden."), say(world.reviewer, "Gone.")
    say(world.other_reviewer, "An answer.", parent=gone)
    discussion.delete(gone, world.reviewer)
    Comment.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now())
    reports.get_or_create_report(answered, world.other_reviewer, Fault.OTHER, "Off topic.")
    return {"answered": answered.pk, "said": said.pk}


def suggested(stage: Stage) -> dict[str, Any]:
    """Suggest in every state; the accepted one comes first, since it changes the text that the others are based on."""
    world, reviewer = stage.world, stage.world.reviewer

    def suggest(words: str, base: str = "Folds.") -> Any:
        return world.suggested(world.cell(Place("baker", "junior"), base, words))

    accepted = suggest("Folds.", "Kneads.")
    deciding.accept(accepted, reviewer, significance=Significance.MEDIUM)
    declined, sent_back = suggest("Stirs."), suggest("Stirs well.")
    deciding.decline(declined, reviewer, world.spam, message="No.")
    deciding.request_changes(sent_back, reviewer, "More, please.")
    withdrawn = suggest("Shakes.")
    drafts.withdraw(withdrawn, world.author)
    draft = drafts.start(world.author, world.skill, [world.cell(Place("baker", "junior"), "Folds.", "Rolls.")])
    change = world.cell(Place("baker", "middle"), "Bakes.", "Bakes bread.")
    others = world.suggested(change, author=world.other_reviewer)
    found = {"accepted": accepted, "declined": declined, "changes_requested": sent_back, "withdrawn": withdrawn}
    found |= {"draft": draft, "others": others, "open": suggest("Folds\u00a0dou\u200bgh, Tei\u00adge.")}
    discussion.post(reviewer, Subject(world.skill, found["open"]), "Why?", key=uuid.uuid4())
    return {name: suggestion.pk for name, suggestion in found.items()}


@pytest.fixture(scope="module")
def town(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Town]:
    with staged(django_db_blocker) as stage:
        with django_db_blocker.unblock():
            world, moderator = stage.world, make_user("moderating")
            moderator.groups.add(Group.objects.get_or_create(name=MODERATORS)[0])
            until = timezone.now() + timedelta(days=3)
            suspended = make_user("suspended", suspended_until=until, suspension_reason="Werbung.")
            people = {"author": world.author, "reviewer": world.other_reviewer, "moderator": moderator}
            people["suspended"] = suspended
            numbers = suggested(stage) | talked(stage)
            numbers |= {"slug": world.skill.slug, "skill": world.skill.pk, "author": world.author.pk}
            numbers["token"] = (
                unsubscribing.build_unsubscribe_url(world.author, [Kind.COMMENT]).strip("/").rpartition("/")[2]
            )
        yield Town(stage, people, numbers)


def open_as(open_reader: OpenReader, town: Town, who: str) -> Reader:
    return enter(open_reader(Device(PHONE_WIDTH, HEIGHT)), town.people[who], town.stage.blocker)


@pytest.mark.parametrize(("who", "address"), PAGES, ids=NAMES)
def test_page_of_the_community_is_well_made(open_reader: OpenReader, town: Town, who: str, address: str) -> None:
    reader = open_as(open_reader, town, who)
    reader.go(town.address(address))
    for box in reader.page.locator("main details").all():
        box.evaluate("box => { box.open = true; }")
    assert reader.path == town.address(address)
    assert_well_made(reader)


def test_page_for_moderators_refuses_others_on_a_page_that_is_well_made(open_reader: OpenReader, town: Town) -> None:
    reader = open_as(open_reader, town, "author")
    reader.go("/de/moderation/", HTTPStatus.FORBIDDEN)
    assert_well_made(reader)


@pytest.mark.parametrize("is_whole_page", [True, False])
@pytest.mark.parametrize("status", [HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS])
def test_refused_comment_is_on_a_page_that_is_well_made(
    open_reader: OpenReader, town: Town, status: HTTPStatus, is_whole_page: bool
) -> None:
    world, words = town.stage.world, "" if status == HTTPStatus.UNPROCESSABLE_ENTITY else "What took me an hour."
    with town.stage.blocker.unblock():
        writer = make_user()
        gone = discussion.post(world.reviewer, Subject(world.skill), "Soon gone.", key=uuid.uuid4())
    reader = enter(open_reader(Device(PHONE_WIDTH, HEIGHT)), writer, town.stage.blocker)
    comments = town.address("/de/skills/{slug}/comments/")
    reader.go(f"{comments}?answer={gone.pk}" if status == HTTPStatus.CONFLICT else comments)
    with town.stage.blocker.unblock():
        discussion.delete(gone, world.reviewer)
        for _ in range(4 if status == HTTPStatus.TOO_MANY_REQUESTS else 0):
            limiter.record_write(writer, WriteKind.POST)
    reader.page.locator("#body").fill(words)
    reader.refuses(f"{comments}?page=1")
    with reader.page.expect_response(lambda response: response.request.method == "POST") as answer:
        if is_whole_page:  # as without htmx
            reader.page.locator("#write").evaluate("form => form.submit()")
        else:
            reader.page.locator("button[value=post]").click()
    assert answer.value.status == status
    if words and not is_whole_page:
        expect(reader.page.locator("#alerts .alert")).to_be_visible()
        expect(reader.page.locator("#body")).to_have_value(words)
    else:
        expect(reader.page.get_by_text(words or "Schreiben Sie").first).to_be_visible()
    assert_well_made(reader)
