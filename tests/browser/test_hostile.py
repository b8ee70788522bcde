"""Hostile texts on every page that shows them, in a real browser: nothing runs, loads, hides or reverses anything."""

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Dialog, Page, expect
from pytest_django import DjangoDbBlocker

from accounts.membership import MODERATORS
from accounts.models import User
from community.discussion import comments as discussion
from community.discussion.comments import Subject
from community.discussion.page import PAGE_SIZE
from community.drafting import drafts
from community.models import Fault, Suggestion
from community.models.suggestions import REASON_MAX_LENGTH
from community.moderation import reports
from community.review import deciding
from skills.models import Significance
from tests.browser.conftest import OpenReader
from tests.browser.reader import PHONE, Reader
from tests.browser.stage import Stage, enter, staged
from tests.community.hostile_texts import DISGUISES, HOSTILE, HUGE, LINKS, MARKUP, URLS
from tests.community.suggestions.world import World
from tests.factories import make_user

pytestmark = pytest.mark.browser

NASTIEST = (*MARKUP[:14], *(LINKS[0].format(url) for url in URLS[:8]), DISGUISES[0], DISGUISES[6], *HUGE[:6])
SHORT = [text for text in HOSTILE if text.strip() and text not in HUGE]
HEBREW = "דנה"  # read from the right, and so is the text beside it unless it is isolated
WORD = "watchmaker"
TEXTS = ".text, .moderated-text, .typed-text, .notice .name, .suggestion-title, .review-title, .difference, .author"

RECORDER = "for (const name of ['alert', 'confirm', 'prompt', 'open', 'print']) window[name] = () => ran(name);"
FINDINGS = """(texts) => {
  const found = [], say = (what, element) => found.push(`${what}: ${element.outerHTML.slice(0, 200)}`);
  for (const link of document.querySelectorAll("main a[href]")) {
    if (!["http:", "https:", "mailto:"].includes(link.protocol)) say("scheme", link);
    const isOutside = link.origin !== location.origin || link.protocol === "mailto:";
    if (isOutside && link.rel.split(" ").sort().join(" ") !== "nofollow noopener ugc") say("rel", link);
  }
  for (const text of document.querySelectorAll(texts)) for (const element of text.querySelectorAll("*")) {
    for (const {name} of element.attributes) {
      const isFromText = text.matches(".comment .text, .preview .text");
      const isWrong = isFromText ? !/^(href|rel|title|start)$/.test(name) : /^(on|hx-|style$)/.test(name);
      if (isWrong) say(name, element);
    }
    const isOurs = element.matches(".visually-hidden");  // says of what is marked how it is
    if (getComputedStyle(element).position !== "static" && !isOurs) say("position", element);
    if (element.matches("script, style, img, svg, iframe, object, form, input, button, video")) say("element", element);
  }
  if (document.querySelectorAll("base, main script, main iframe, main style, main meta, main img").length)
    found.push("an element that no text may make");
  return found;
}"""
NAME_BEFORE_TIME = """element => {
  const left = selector => element.querySelector(selector).getBoundingClientRect().left;
  return left(".author") < left("time");
}"""
FROM_LEFT_TO_RIGHT = """element => {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), range = document.createRange();
  const node = walker.nextNode(), at = index => {
    range.setStart(node, index); range.setEnd(node, index + 1); return range.getBoundingClientRect().left; };
  return at(0) < at(node.length - 1);
}"""


@dataclass
class Hostility:
    """A stage whose comments, suggestions, notices and reports hold the whole corpus, and those who look at it."""

    stage: Stage
    watcher: User
    moderator: User
    suggested: Sequence[Suggestion]
    comments: int
    last: int


@dataclass
class Victim:
    """A user who looks at it; `ran` holds whatever ran."""

    reader: Reader
    ran: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        page = self.reader.page
        page.expose_function("ran", self.note)
        page.add_init_script(RECORDER)
        page.on("dialog", self.refuse)
        page.context.on("page", lambda _page: self.note("another page"))

    def note(self, what: str) -> None:
        self.ran.append(what)

    def refuse(self, dialog: Dialog) -> None:
        self.note(dialog.type)
        dialog.dismiss()

    def looks_at(self, address: str) -> Page:
        """Open a page and unfold all of it; nothing may have come of it."""
        page = self.reader.page
        self.reader.go(address)
        page.evaluate("() => { for (const box of document.querySelectorAll('main details')) box.open = true; }")
        assert page.evaluate(FINDINGS, TEXTS) == []
        assert self.reader.overhang() <= 0
        page.evaluate("() => scrollTo(0, document.body.scrollHeight)")
        assert page.evaluate("() => scrollY > 0 || document.body.scrollHeight <= innerHeight")
        assert self.ran == []
        return page


def chunks(texts: Sequence[str], size: int) -> Iterator[str]:
    """Join texts to longer ones of at most `size` characters."""
    joined = ""
    for text in texts:
        longer = f"{joined}\n\n{text}" if joined else text
        if len(longer) > size:
            yield joined
            longer = text
        joined = longer
    yield joined


def suggest_all(world: World) -> list[Suggestion]:
    """Suggest the corpus as descriptions, and as reasons."""
    described = list(chunks(SHORT, 7000))
    reasons = list(chunks([*SHORT, *(text[:1900] for text in HUGE)], REASON_MAX_LENGTH - 50))
    found = []
    for number, reason in enumerate(reasons):
        change = world.kneading(f"Number {number}.\n\n{described[number % len(described)]}")
        draft = drafts.start(world.reviewer, world.skill, [change], reason=reason, source=URLS[number % len(URLS)])
        found.append(drafts.submit(draft, world.reviewer, confirmed=True))
    return found


@pytest.fixture(scope="module")
def hostility(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Hostility]:
    with staged(django_db_blocker) as stage:
        with django_db_blocker.unblock():
            world, moderator = stage.world, make_user("moderating")
            moderator.groups.add(Group.objects.get_or_create(name=MODERATORS)[0])
            User.objects.filter(pk__in=[world.reviewer.pk, world.other_reviewer.pk]).update(name=HEBREW)
            texts = [*(text for text in HOSTILE if text.strip()), f"{WORD} \u202e{WORD}", WORD]
            made = [discussion.post(world.reviewer, Subject(world.skill), text, key=uuid.uuid4()) for text in texts]
            for comment in made[::10]:
                reports.get_or_create_report(comment, world.other_reviewer, Fault.OTHER, HEBREW + MARKUP[0])
            suggested = suggest_all(world)
            stage.notify_watchers()
        yield Hostility(stage, stage.watcher, moderator, suggested, len(made), made[-1].pk)


@pytest.fixture
def victim(open_reader: OpenReader) -> Victim:
    return Victim(open_reader(PHONE))


def test_comments_of_the_whole_corpus_are_words(victim: Victim, hostility: Hostility) -> None:
    address, seen = f"{hostility.stage.profile}comments/", 0
    enter(victim.reader, hostility.watcher, hostility.stage.blocker)
    for number in range(1, -(-hostility.comments // PAGE_SIZE) + 1):
        page = victim.looks_at(f"{address}?page={number}")
        seen += page.locator(".comment .text").count()
    assert seen == hostility.comments


def test_no_link_of_a_comment_runs_a_script(open_reader: OpenReader, hostility: Hostility) -> None:
    """Each that stays on the site is followed: it asks for an address there, whatever that looks like."""
    followed = 0
    for number in range(1, 5):
        victim = Victim(
            open_reader(PHONE)
        )  # with a page of its own: what is followed here must not end what comes next
        victim.reader.page.route(re.compile("script:"), lambda route: route.fulfill(status=204))
        page = victim.looks_at(f"{hostility.stage.profile}comments/?page={number}")
        links = page.locator(".comment .text a[href]")
        followed += links.evaluate_all(
            "links => links.filter(link => link.origin === location.origin).map(link => link.click()).length"
        )
        page.evaluate("() => new Promise(done => setTimeout(done))")  # what a click would run is done by then
        assert victim.ran == []
    assert followed > 0


def test_preview_of_the_nastiest_is_words(victim: Victim, hostility: Hostility) -> None:
    enter(victim.reader, hostility.stage.world.other_reviewer, hostility.stage.blocker)
    page = victim.looks_at(f"{hostility.stage.profile}comments/")
    for text in NASTIEST:
        page.locator("#body").fill(text.replace("\0", ""))
        with page.expect_response("**/comments/"):
            page.get_by_role("button", name="Vorschau").click()
        expect(page.locator("#comment-preview .text")).to_be_attached()
        assert page.evaluate(FINDINGS, TEXTS) == []
        assert (victim.ran, victim.reader.overhang()) == ([], 0)


def test_suggestions_of_the_corpus_are_words_to_readers_and_reviewers(victim: Victim, hostility: Hostility) -> None:
    enter(victim.reader, hostility.stage.world.other_reviewer, hostility.stage.blocker)
    for suggestion in hostility.suggested:
        for address in ("/de/suggestions/{}/", "/de/review/{}/"):
            victim.looks_at(address.format(suggestion.pk))
    for address in (f"{hostility.stage.profile}suggestions/", "/de/review/", hostility.stage.profile):
        victim.looks_at(address)


def test_published_text_of_the_corpus_is_words(victim: Victim, hostility: Hostility) -> None:
    with hostility.stage.blocker.unblock():
        reviewer = hostility.stage.world.other_reviewer
        deciding.accept(hostility.suggested[0], reviewer, significance=Significance.MEDIUM)
    profile = hostility.stage.profile
    for address in (
        profile,
        f"{profile}?view=grid",
        f"{profile}history/2/",
        f"{profile}history/blame/",
        "/de/changes/",
    ):
        victim.looks_at(address)


def test_notices_and_reports_of_the_corpus_are_words(victim: Victim, hostility: Hostility) -> None:
    enter(victim.reader, hostility.watcher, hostility.stage.blocker)
    victim.looks_at("/de/notifications/")
    enter(victim.reader, hostility.moderator, hostility.stage.blocker)
    for address in ("/de/moderation/", "/de/moderation/?page=2"):
        assert victim.looks_at(address).locator(".moderated").count() > 0


def test_text_from_the_right_turns_nothing_beside_it_around(victim: Victim, hostility: Hostility) -> None:
    """Neither a name nor an override in a text reverses the text after it or before it."""
    page = victim.looks_at(f"/de/comments/{hostility.last}/")
    assert page.locator(f"#comment-{hostility.last} .text p").evaluate(FROM_LEFT_TO_RIGHT)
    assert page.locator(f"#comment-{hostility.last} .comment-head").evaluate(NAME_BEFORE_TIME)
    enter(victim.reader, hostility.moderator, hostility.stage.blocker)
    page = victim.looks_at("/de/moderation/")
    assert page.locator(".moderated li").first.evaluate(NAME_BEFORE_TIME)
