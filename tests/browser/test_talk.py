"""Talk of four people: said, answered, reported, hidden and shown again; on a phone; with a keyboard alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Locator, Route, expect
from pytest_django import DjangoDbBlocker

from accounts.membership import MODERATORS
from accounts.models import User
from community.discussion.page import PAGE_SIZE
from community.models import Act, ActKind, Comment, EventAction, Helpful, Kind, Notification, Report
from community.models.moderation import ReportOutcome
from tests.browser.conftest import OpenReader
from tests.browser.reader import DESKTOP, PHONE, Reader
from tests.browser.stage import Stage, enter, staged
from tests.factories import make_user

pytestmark = pytest.mark.browser

SAID = "Is *kneading* all there is to it?"
ANSWERED = "Buy watches at my shop! What do you think, @"
REASON = "Werbung."
TOMBSTONE = "Dieser Kommentar wurde von der Moderation verborgen."
LARGE_ENOUGH = 24  # CSS pixels, WCAG 2.5.8
MOST_FRAMES = 600
MOST_TABS = 120


@dataclass
class Talk:
    """The stage, with those who talk there."""

    stage: Stage
    member: User
    answerer: User
    mentioned: User
    moderator: User

    @property
    def comments(self) -> str:
        return f"{self.stage.profile}comments/"

    def comment(self, beginning: str) -> Comment:
        found = Comment.objects.filter(skill=self.stage.world.skill, body__startswith=beginning)
        return self.stage.ask(lambda: found.select_related("author", "parent").get())


@pytest.fixture
def talk(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Talk]:
    """Return a talk that fills a page of comments already."""
    with staged(django_db_blocker) as stage:
        with django_db_blocker.unblock():
            people = [make_user(f"mo{name}", name=f"Mo {name.title()}") for name in ("ritz", "ses", "na", "derator")]
            make_user("monkey", is_public=False)
            people[-1].groups.add(Group.objects.get_or_create(name=MODERATORS)[0])
            author, skill = stage.world.author, stage.world.skill
            earlier = [Comment(skill=skill, author=author, body=f"Number {number}.") for number in range(PAGE_SIZE)]
            Comment.objects.bulk_create(earlier)
        yield Talk(stage, *people)


def open_as(open_reader: OpenReader, talk: Talk, person: User, **options: bool) -> Reader:
    return enter(open_reader(DESKTOP, **options), person, talk.stage.blocker)


def say_from_the_profile(reader: Reader, talk: Talk, *, has_javascript: bool) -> None:
    page = reader.page
    reader.go(talk.stage.profile)
    if has_javascript:
        block = page.locator(".comments-block")
        expect(block.locator(".skeleton")).to_be_attached()
        assert not [address for address in reader.requests if address.endswith("/comments/")]
        block.scroll_into_view_if_needed()
    else:
        page.get_by_role("link", name="Kommentare lesen und schreiben").click()
    page.get_by_label("Ihr Kommentar").fill(SAID)
    page.get_by_role("button", name="Kommentieren").click()
    expect(page.locator(".comment em")).to_have_text("kneading")
    said = talk.comment("Is *kneading*")
    expect(page.locator(f"#comment-{said.pk}")).to_be_in_viewport()
    there = talk.stage.profile if has_javascript else f"{talk.comments}?page=2#comment-{said.pk}"
    expect(page).to_have_url(reader.site + there)


def answer_with_a_mention(reader: Reader, talk: Talk, *, has_javascript: bool) -> None:
    page, said = reader.page, talk.comment("Is *kneading*")
    reader.go(f"/de/comments/{said.pk}/")
    page.locator(f"#thread-{said.pk}").get_by_role("link", name="Antworten").click()
    field = page.get_by_label("Ihre Antwort")
    if has_javascript:
        field.press_sequentially(f"{ANSWERED}mo")
        offered = page.locator("[data-mention]")
        expect(offered).to_have_count(4)
        assert [one.get_attribute("data-mention") for one in offered.all()] == ["moderator", "mona", "moritz", "moses"]
        offered.nth(1).click()
    else:
        field.fill(f"{ANSWERED}mona ")
    expect(field).to_have_value(f"{ANSWERED}mona ")
    page.get_by_role("button", name="Antworten").click()
    expect(page.locator(".is-answer")).to_contain_text("Buy watches")
    answer = talk.comment("Buy watches")
    expect(page.locator(f"#comment-{answer.pk} .text a")).to_have_text("@mona")
    assert (answer.parent, answer.author) == (said, talk.answerer)


def follow_the_mention_and_report(reader: Reader, talk: Talk) -> None:
    page, answer = reader.page, talk.comment("Buy watches")
    reader.go("/de/notifications/")
    notice = page.locator(".notice").filter(has_text="Buy watches")
    notice.get_by_role("button", name="Kommentar ansehen").click()
    expect(page).to_have_url(f"{reader.site}{talk.comments}?page=2#comment-{answer.pk}")
    comment = page.locator(f"#comment-{answer.pk}")
    expect(comment).to_be_in_viewport()
    comment.get_by_role("link", name="Melden").click()
    page.get_by_label("Spam").check()
    page.get_by_role("button", name="Meldung senden").click()
    expect(page.locator("#alerts")).to_contain_text("Danke.")


def moderate(reader: Reader, talk: Talk, show: str, action: str) -> None:
    item = reader.page.locator(f"#comment-{talk.comment('Buy watches').pk}")
    reader.go(f"/de/moderation/{show}")
    item.get_by_label("Warum").fill(REASON)
    item.get_by_role("button", name=action, exact=True).click()
    expect(reader.page.locator("#alerts")).to_contain_text("Erledigt.")
    expect(item).to_have_count(0)


def assert_reads(reader: Reader, talk: Talk, words: str, *, never: str) -> None:
    answer = talk.comment("Buy watches")
    reader.go(f"{talk.comments}?page=2")
    comment = reader.page.locator(f"#comment-{answer.pk}")
    expect(comment).to_contain_text(words)
    expect(comment).not_to_contain_text(never)


def notified_of(talk: Talk, person: User) -> list[tuple[str, str]]:
    notifications = Notification.objects.filter(user=person, skill=talk.stage.world.skill).order_by("pk")
    return talk.stage.ask(lambda: list(notifications.values_list("kind", "event__action")))


@pytest.mark.parametrize("has_javascript", [True, False])
def test_said_answered_reported_hidden_and_shown_again_by_four_people(
    open_reader: OpenReader, talk: Talk, has_javascript: bool
) -> None:
    people = (talk.member, talk.answerer, talk.mentioned, talk.moderator)
    member, answerer, mentioned, moderator = (
        open_as(open_reader, talk, person, has_javascript=has_javascript) for person in people
    )
    stranger = open_reader(DESKTOP, has_javascript=has_javascript)
    everybody = (member, answerer, mentioned, stranger)

    say_from_the_profile(member, talk, has_javascript=has_javascript)
    answer_with_a_mention(answerer, talk, has_javascript=has_javascript)
    talk.stage.notify_watchers()
    follow_the_mention_and_report(mentioned, talk)
    moderate(moderator, talk, "", "Zustimmen und verbergen")
    for reader in (member, mentioned, stranger):
        assert_reads(reader, talk, TOMBSTONE, never="watches")
    for reader in (answerer, moderator):
        assert_reads(reader, talk, "Buy watches", never=TOMBSTONE)

    talk.stage.notify_watchers()
    mentioned.go("/de/notifications/")
    expect(mentioned.page.locator(".notice").filter(has_text="Ihrer Meldung wurde zugestimmt")).to_be_visible()
    expect(mentioned.page.locator("main")).not_to_contain_text("watches")
    moderate(moderator, talk, "?show=hidden", "Wieder zeigen")
    for reader in everybody:
        assert_reads(reader, talk, "Buy watches", never=TOMBSTONE)

    answer = talk.comment("Buy watches")
    assert (answer.hidden_at, answer.body) == (None, f"{ANSWERED}mona")
    report = talk.stage.ask(lambda: Report.objects.get(comment=answer))
    assert (report.reporter_id, report.outcome, report.decided_by_id) == (
        talk.mentioned.pk,
        ReportOutcome.AGREED,
        talk.moderator.pk,
    )
    acts = talk.stage.ask(lambda: list(Act.objects.filter(actor_id=talk.moderator.pk).order_by("pk")))
    assert [(act.kind, act.reason) for act in acts] == [
        (ActKind.AGREED, REASON),
        (ActKind.HIDDEN, REASON),
        (ActKind.RESTORED, REASON),
    ]
    assert notified_of(talk, talk.member) == [(Kind.REPLY, "")]
    assert notified_of(talk, talk.mentioned) == [(Kind.MENTION, ""), (Kind.MODERATION, EventAction.REPORT_AGREED)]


def too_small(controls: Locator) -> list[str]:
    """Return which of these are smaller than a finger needs."""
    sizes = controls.evaluate_all(
        "controls => controls.filter(control => control.checkVisibility()).map(control => {"
        " const box = control.getBoundingClientRect(); return [control.textContent.trim(), box.width, box.height]; })"
    )
    assert sizes
    return [f"{text}: {width} x {height}" for text, width, height in sizes if min(width, height) < LARGE_ENOUGH]


def test_thread_is_read_answered_and_previewed_on_a_phone(open_reader: OpenReader, talk: Talk) -> None:
    reader = enter(open_reader(PHONE), talk.answerer, talk.stage.blocker)
    page, thread = reader.page, talk.stage.ask(lambda: talk.comment("Number 7."))
    reader.go(talk.comments)
    assert too_small(page.locator("#discussion :is(a, button, summary)")) == []
    assert reader.overhang() <= 0
    page.locator(f"#thread-{thread.pk}").get_by_role("link", name="Antworten").tap()
    page.get_by_label("Ihre Antwort").fill(
        "| wide | table |\n|-|-|\n| " + "long" * 100 + " | x |\n\n`" + "code" * 100 + "`"
    )
    page.get_by_role("button", name="Vorschau").tap()
    expect(page.locator("#comment-preview td").first).to_contain_text("longlong")
    assert reader.overhang() <= 0
    page.get_by_role("button", name="Antworten").tap()
    answer = page.locator(f"#thread-{thread.pk} .is-answer")
    expect(answer.locator("code")).to_contain_text("codecode")
    expect(answer).to_be_in_viewport()
    assert reader.overhang() <= 0
    assert talk.comment("| wide").parent == thread


HAS_VISIBLE_FOCUS = """() => {
  const element = document.activeElement;
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  const isOnScreen = box.width && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const isMarked = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  return isOnScreen && (isMarked || element.matches("[tabindex='-1']"));
}"""


@dataclass
class Typist:
    """A user with only a keyboard, who always sees where the focus is."""

    reader: Reader

    def focus(self) -> str:
        """Return what has the focus."""
        words = "(({tagName, id, textContent}) => `${tagName} ${id} ${textContent.trim().slice(0, 40)}`)"
        return str(self.reader.page.evaluate(f"{words}(document.activeElement)"))

    def press(self, key: str) -> None:
        self.reader.page.keyboard.press(key)

    def tab_to(self, wanted: Locator, *, back: bool = False) -> None:
        """Press Tab until `wanted` has the focus; every stop on the way must be seen and none be the page itself."""
        for _ in range(MOST_TABS):
            self.press("Shift+Tab" if back else "Tab")
            assert not self.focus().startswith("BODY")
            assert self.reader.page.evaluate(HAS_VISIBLE_FOCUS), self.focus()
            if wanted.count() and wanted.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"never came to {wanted}")

    def choose(self, wanted: Locator, *, back: bool = False, key: str = "Enter") -> None:
        self.tab_to(wanted, back=back)
        self.press(key)


def come_to_the_comments(typist: Typist, talk: Talk) -> None:
    """Focus the link to the comments when they replace it: the focus moves to their beginning."""
    page = typist.reader.page
    waiting: list[Route] = []
    page.route(re.compile("/comments/$"), lambda route: waiting.append(route), times=1)  # noqa: PLW0108 - Playwright sets attributes of it
    typist.reader.go(talk.stage.profile)
    typist.tab_to(page.get_by_role("link", name="Kommentare lesen und schreiben"))
    expect(page.locator(".comments-block.htmx-request")).to_be_attached()
    for _frame in range(MOST_FRAMES):  # the page has asked; the browser hands the request over a moment later
        if waiting:
            break
        page.evaluate("new Promise(requestAnimationFrame)")
    waiting.pop().continue_()
    expect(page.locator("#discussion > p").first).to_be_focused()


def test_everything_is_done_with_a_keyboard_alone(open_reader: OpenReader, talk: Talk) -> None:
    reader = open_as(open_reader, talk, talk.answerer)
    typist, page, keyboard = Typist(reader), reader.page, reader.page.keyboard
    field, preview = page.locator("#body"), page.locator("#comment-preview em")
    come_to_the_comments(typist, talk)
    typist.choose(page.get_by_role("link", name="Kommentar schreiben"))
    expect(field).to_be_focused()
    keyboard.type("*Hear*, @mo")
    expect(page.locator("[data-mention]")).to_have_count(4)
    expect(field).to_be_focused()
    typist.choose(page.locator("[data-mention=mona]"), key="Space")
    expect(field).to_be_focused()
    keyboard.type("hear!")
    typist.choose(page.get_by_role("button", name="Vorschau"))
    expect(preview).to_have_text("Hear")
    expect(page.get_by_role("button", name="Vorschau")).to_be_focused()
    typist.choose(page.get_by_role("button", name="Kommentieren"), back=True)
    expect(page.locator(".comment:focus em")).to_have_text("Hear")
    said = talk.comment("*Hear*, @mona hear!")
    assert (said.parent, said.author) == (None, talk.answerer)

    other = talk.stage.ask(lambda: talk.comment("Number 29."))
    reader.go(f"/de/comments/{other.pk}/")
    comment = page.locator(f"#comment-{other.pk}")
    typist.choose(comment.get_by_role("button", name="hilfreich"), key="Space")
    expect(comment.get_by_role("button", name="hilfreich (1)")).to_have_attribute("aria-pressed", "true")
    expect(comment.get_by_role("button", name="hilfreich (1)")).to_be_focused()
    assert talk.stage.ask(lambda: Helpful.objects.get(comment=other).user_id) == talk.answerer.pk

    typist.choose(page.locator(f"#thread-{other.pk}").get_by_role("link", name="Antworten"))
    expect(page.get_by_label("Ihre Antwort")).to_be_focused()
    keyboard.type("Answered.")
    typist.choose(page.get_by_role("button", name="Antworten"))
    expect(page.locator(f"#thread-{other.pk} .is-answer")).to_contain_text("Answered.")
    assert talk.comment("Answered.").parent == other


def test_who_writes_of_one_cell_chooses_it_with_the_arrows(open_reader: OpenReader, talk: Talk) -> None:
    reader = open_as(open_reader, talk, talk.answerer)
    typist, page = Typist(reader), reader.page
    reader.go(f"{talk.comments}?page=1#write")
    typist.choose(page.locator(".cell-choice summary"), key="Space")
    for name in ("role", "level"):
        typist.tab_to(page.locator(f".cell-choice [name={name}]"))
        typist.press("ArrowDown")
    typist.tab_to(page.locator("#body"))
    page.keyboard.type("Of this cell.")
    typist.choose(page.get_by_role("button", name="Kommentieren"))
    expect(page.locator(".comment:focus .text")).to_have_text("Of this cell.")
    said = talk.comment("Of this cell.")
    assert (said.role, said.level) == ("baker", "junior")
