"""Without a connection, or with a stranger's answer: it is said beside the control, all input stays, it works later."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Locator, Page, Request, Route, expect
from pytest_django import DjangoDbBlocker

from accounts.models import User
from community.models import Comment, Suggestion, Vote, Watch
from config.middleware.htmx import MARK
from tests.accounts.members import PASS_PHRASE
from tests.browser.conftest import OpenReader, SignIn
from tests.browser.reader import DESKTOP, PHONE, Reader
from tests.browser.stage import Stage, staged

pytestmark = pytest.mark.browser

TYPED = "Is kneading all there is to it?"
PROXY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
PORTAL_PAGE = "<!doctype html><title>Free Wi-Fi</title><h1>Please accept our terms</h1>"
OWN_ALERT = '<div class="alert" role="alert">Zu schnell</div>'
OURS = {MARK: "1", "HX-Retarget": "#alerts", "HX-Reswap": "innerHTML"}
UNREACHABLE = "Diese Website ist nicht erreichbar."
FOREIGN = "Statt dieser Website hat etwas anderes geantwortet"
KEPT = "Ihre Eingaben bleiben erhalten."
ROWS = ("ladder", "vote-buttons", "search-box")
UNCHANGED = "Es wurde nichts geändert."

type Failure = tuple[Callable[[Page], object], Callable[[Page], None], str]


def answer_with(status: int, body: str, headers: dict[str, str] | None = None) -> Callable[[Page], object]:
    def fulfil(route: Route) -> None:
        route.fulfill(status=status, headers={"Content-Type": "text/html; charset=utf-8", **(headers or {})}, body=body)

    return lambda page: page.route("**/*", fulfil)


def never_answer(page: Page) -> None:
    """Let requests wait until htmx has waited long enough, which is sooner than for readers."""
    assert page.evaluate("htmx.config.timeout") > 0
    page.evaluate("htmx.config.timeout = 50")
    page.route("**/*", lambda _route: None)


def end_routes(page: Page) -> None:
    page.evaluate("htmx.config.timeout = 0")
    page.unroute_all(behavior="ignoreErrors")


# How a failure begins, how it ends, and what the page says of it.
FAILURES: dict[str, Failure] = {
    "offline": (lambda page: page.context.set_offline(True), lambda page: page.context.set_offline(False), UNREACHABLE),
    "no answer": (lambda page: page.route("**/*", lambda route: route.abort()), end_routes, UNREACHABLE),
    "too slow": (never_answer, end_routes, UNREACHABLE),
    "own error": (answer_with(503, OWN_ALERT, OURS), end_routes, "Das war gerade nicht möglich."),
    "proxy": (answer_with(502, PROXY_PAGE), end_routes, FOREIGN),
    "portal": (answer_with(200, PORTAL_PAGE), end_routes, FOREIGN),
}
every_failure = pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)


@pytest.fixture
def stage(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """Return a stage of the test's own."""
    with staged(django_db_blocker) as made:
        yield made


@pytest.fixture
def member(open_reader: OpenReader, sign_in: SignIn, stage: Stage) -> Reader:
    """Return a member whose connection may fail."""
    reader = open_reader(DESKTOP)
    reader.is_cut_off = True
    sign_in(reader, stage.world.author)
    return reader


def alert_beside(control: Locator) -> Locator:
    """Return the alert that follows a control directly, or the label or the row of controls around it."""
    rows = " or ".join(f"contains(concat(' ', @class, ' '), ' {row} ')" for row in ROWS)
    around = f"self::*|ancestor::label|ancestor::*[{rows}]"
    return control.locator(f"xpath=({around})[1]/following-sibling::*[1][@role='alert']")


def retry(alert: Locator) -> None:
    alert.get_by_role("button", name="Erneut versuchen").click()


def assert_is_reported(control: Locator, said: str, outcome: str = KEPT) -> Locator:
    """Check that the failure of a control is said beside it, and nowhere else, with what became of it; return where."""
    alert = alert_beside(control)
    expect(alert).to_contain_text(said)
    assert [text for text in (KEPT, UNCHANGED) if text in alert.inner_text()] == [outcome]
    expect(alert).to_be_in_viewport()
    reasons = alert.locator("[class^=is-]").filter(visible=True)
    expect(reasons).to_have_count(1)
    expect(control.page.locator(".failure")).to_have_count(1)
    expect(control.page.get_by_text(re.compile("Bad Gateway|Wi-Fi|Please accept"))).to_have_count(0)
    return alert


@every_failure
def test_comment_stays_typed_and_is_sent_once_by_trying_again(member: Reader, stage: Stage, failure: Failure) -> None:
    begin, end, said = failure
    page = member.page
    member.go(f"{stage.profile}comments/")
    field, button = page.locator("#body"), page.locator("button[value=post]")
    field.fill(TYPED)
    title = page.title()
    begin(page)
    for _ in range(2):
        button.click()
        alert = assert_is_reported(button, said)
    retry(alert)
    assert_is_reported(button, said)
    assert (page.title(), page.url) == (title, f"{member.site}{stage.profile}comments/")
    expect(field).to_have_value(TYPED)
    field.press_sequentially(" Really?")
    end(page)
    retry(alert)
    expect(page.locator(".comment:focus .text")).to_have_text(f"{TYPED} Really?")
    expect(page.locator(".failure")).to_have_count(0)
    posted = stage.ask(lambda: list(Comment.objects.filter(skill=stage.world.skill).values_list("body", flat=True)))
    assert posted == [f"{TYPED} Really?"]


@every_failure
def test_filter_stays_chosen_and_is_applied_by_trying_again(reader: Reader, failure: Failure) -> None:
    begin, end, said = failure
    reader.is_cut_off = True
    reader.go("/de/skills/")
    page = reader.page
    box = page.get_by_role("checkbox", name=re.compile("^Dropbox")).first
    shown = page.locator("#results h2, #results [role=status]").first.inner_text()
    begin(page)
    box.check()
    alert = assert_is_reported(box, said, UNCHANGED)
    expect(box).to_be_checked()
    assert page.locator("#results h2, #results [role=status]").first.inner_text() == shown
    assert reader.path == "/de/skills/"
    end(page)
    retry(alert)
    expect(page).to_have_url(f"{reader.site}/de/skills/?framework=dropbox")
    expect(page.locator(".failure")).to_have_count(0)
    expect(box).to_be_focused()


@every_failure
def test_watch_is_stored_by_trying_again(member: Reader, stage: Stage, failure: Failure) -> None:
    begin, end, said = failure
    member.go(stage.profile)
    button = member.page.locator("#watch-button")
    begin(member.page)
    button.click()
    alert = assert_is_reported(button, said, UNCHANGED)
    expect(button).to_have_attribute("aria-pressed", "false")
    end(member.page)
    retry(alert)
    expect(button).to_have_attribute("aria-pressed", "true")
    watches = Watch.objects.filter(user=stage.world.author, skill=stage.world.skill)
    assert stage.ask(watches.count) == 1


@pytest.mark.parametrize(
    ("who", "address", "control"),
    [
        ("watcher", "/de/suggestions/{suggestion}/", "#vote-up"),
        ("watcher", "/de/suggestions/?state=open", "select >> nth=0"),
        ("watcher", "/de/changes/", "select >> nth=0"),
        ("author", "{profile}comments/", "button[value=preview]"),
        ("author", "/de/roles/baker/", "a.step >> nth=0"),
        ("reviewer", "/de/review/", ".review-link >> nth=0"),
        ("reviewer", "/de/review/", ".review-filters a >> nth=1"),
        ("reviewer", "/de/review/{suggestion}/", "[data-key=c]"),
        ("reviewer", "/de/review/{suggestion}/", "[data-key=a]"),
        ("author", "{profile}comments/", ".thread-actions a"),
        ("author", "{profile}comments/", ".comment-actions button"),
        ("author", "{profile}", "#profile-body nav.switch a >> nth=1"),
        ("author", "{profile}", "#profile-body input[name=level] >> nth=0"),
    ],
)
def test_every_control_says_that_it_failed_and_tries_again(
    open_reader: OpenReader, sign_in: SignIn, stage: Stage, who: str, address: str, control: str
) -> None:
    reader, person = open_reader(PHONE), stage.watcher if who == "watcher" else getattr(stage.world, who)
    reader.is_cut_off = True
    sign_in(reader, person)
    stage.ask(lambda: Comment.objects.create(skill=stage.world.skill, author=stage.watcher, body="Kneads?"))
    reader.go(address.format(suggestion=stage.suggested().pk, profile=stage.profile))
    page, used = reader.page, reader.page.locator(control)
    page.route("**/*", lambda route: route.abort())
    if control.startswith("select"):
        page.locator("details.filters:not([open]) > summary").evaluate_all("all => all.map((one) => one.click())")
        used.select_option(index=1)
    else:
        used.press("Space" if "input" in control else "Enter")
    has_typed = control in {"button[value=preview]", "[data-key=a]"}
    alert = assert_is_reported(used, UNREACHABLE, KEPT if has_typed else UNCHANGED)
    assert reader.overhang() <= 0
    end_routes(page)
    with page.expect_response(lambda response: response.status == 200):
        retry(alert)
    expect(page.locator(".failure")).to_have_count(0)


def test_comments_that_did_not_load_are_loaded_by_trying_again(reader: Reader, stage: Stage) -> None:
    reader.is_cut_off = True
    reader.go(stage.profile)
    page, block = reader.page, reader.page.locator(".comments-block")
    page.route("**/comments/", lambda route: route.abort())
    block.scroll_into_view_if_needed()
    alert = assert_is_reported(block, UNREACHABLE, UNCHANGED)
    expect(block.get_by_role("link", name="Kommentare lesen und schreiben")).to_be_visible()
    end_routes(page)
    retry(alert)
    expect(block.locator("#discussion")).to_be_visible()
    expect(page.locator(".failure")).to_have_count(0)


def test_vote_is_counted_once_after_it_failed(member: Reader, stage: Stage) -> None:
    suggestion = stage.ask(lambda: stage.world.suggested(author=stage.watcher))
    member.go(f"/de/suggestions/{suggestion.pk}/")
    member.page.context.set_offline(True)
    button = member.page.locator("#vote-up")
    button.click()
    alert = assert_is_reported(button, UNREACHABLE, UNCHANGED)
    member.page.context.set_offline(False)
    retry(alert)
    expect(member.page.locator(".score")).to_have_text("+1")
    assert stage.ask(lambda: list(Vote.objects.filter(suggestion=suggestion).values_list("value", flat=True))) == [1]


def open_draft(member: Reader, stage: Stage) -> Locator:
    """Open the form for a suggestion at 14:03 of the site's time zone; return its text."""
    member.page.clock.install(time=datetime(2026, 1, 5, 13, 3, tzinfo=UTC))
    member.go(f"{stage.profile}suggestions/new/?role=baker&level=junior")
    field = member.page.get_by_label("Beschreibung")
    field.fill("Kneads. Rye.")
    expect(member.page.locator("#draft-status")).to_contain_text("gespeichert um")
    return field


def saved_text(stage: Stage) -> str:
    draft = Suggestion.objects.filter(author=stage.world.author, skill=stage.world.skill)
    return stage.ask(lambda: str((draft.get().changes.get().proposed or {})["description"]))


def test_draft_says_since_when_it_is_not_saved_and_saves_itself_when_it_can(member: Reader, stage: Stage) -> None:
    page, status, field = member.page, member.page.locator("#draft-status"), open_draft(member, stage)
    page.context.set_offline(True)
    field.fill("Kneads. Rye. Wheat.")
    expect(status).to_contain_text(re.compile(r"Nicht gespeichert seit\s+14:03 MEZ\."))
    expect(status).to_contain_text(UNREACHABLE)
    expect(status).not_to_contain_text("gespeichert um")
    assert status.get_attribute("role") == "status"

    page.get_by_role("button", name="Entwurf speichern").click()  # would leave the page
    expect(alert_beside(page.get_by_role("button", name="Entwurf speichern"))).to_contain_text(UNREACHABLE)
    expect(field).to_have_value("Kneads. Rye. Wheat.")
    assert saved_text(stage) == "Kneads. Rye."

    page.context.set_offline(False)
    expect(status).to_contain_text("gespeichert um")
    assert saved_text(stage) == "Kneads. Rye. Wheat."


@pytest.mark.parametrize("status_code", [200, 502])
def test_draft_that_a_proxy_answered_is_saved_a_little_later(member: Reader, stage: Stage, status_code: int) -> None:
    page, status, field = member.page, member.page.locator("#draft-status"), open_draft(member, stage)
    answer_with(status_code, PROXY_PAGE)(page)
    field.fill("Kneads. Rye. Wheat.")
    expect(status).to_contain_text("Nicht gespeichert seit")
    expect(status).to_contain_text(FOREIGN)
    submit = page.get_by_role("button", name="Zur Prüfung einreichen")
    submit.click()
    expect(alert_beside(submit)).to_contain_text(FOREIGN)
    expect(field).to_have_value("Kneads. Rye. Wheat.")
    end_routes(page)
    page.clock.fast_forward(6000)
    expect(status).to_contain_text("gespeichert um")
    assert saved_text(stage) == "Kneads. Rye. Wheat."


def test_draft_that_the_site_refuses_does_not_count_as_saved(member: Reader, stage: Stage) -> None:
    page, status, field = member.page, member.page.locator("#draft-status"), open_draft(member, stage)
    answer_with(429, OWN_ALERT, OURS)(page)
    field.fill("Kneads. Rye. Wheat.")
    expect(page.locator("#alerts")).to_contain_text("Zu schnell")
    expect(status).to_contain_text("Nicht gespeichert seit")
    end_routes(page)
    field.fill("Kneads. Rye. Oats.")
    expect(status).to_contain_text("gespeichert um")
    assert saved_text(stage) == "Kneads. Rye. Oats."


@pytest.mark.parametrize("address", ["/de/skills/", "/de/changes/", "/de/suggestions/"])
def test_going_back_shows_a_whole_page(reader: Reader, address: str) -> None:
    reader.go(address)
    page, title = reader.page, reader.page.title()
    form = page.locator("form[hx-get]").first
    with page.expect_response(lambda response: "hx-request" in response.request.headers):
        # With all filters set, the address of the part is that of the page.
        form.evaluate(
            "form => { for (const select of form.querySelectorAll('select')) select.selectedIndex = 1;"
            " htmx.trigger(form, 'submit'); }"
        )
    page.evaluate("sessionStorage.clear()")  # what htmx keeps for going back
    page.goto(f"{reader.site}/de/roles/")
    page.go_back()
    expect(page.locator(".site-head")).to_be_visible()
    assert page.title() == title


def open_settings(member: Reader, typed: str) -> Locator:
    """Type a name into the settings; return the button that saves it."""
    member.go("/de/me/settings/")
    member.page.get_by_label("Angezeigter Name").fill(typed)
    return member.page.get_by_role("button", name="Speichern", exact=True).first


@pytest.mark.parametrize("kind", ["offline", "no answer", "proxy", "portal"])
def test_form_that_leaves_the_page_waits_until_the_site_answers(member: Reader, stage: Stage, kind: str) -> None:
    begin, end, said = FAILURES[kind]
    page, button = member.page, open_settings(member, "Ada Byron")
    begin(page)
    button.click()
    alert = assert_is_reported(button, said)
    retry(alert)
    assert_is_reported(button, said)
    expect(page.get_by_label("Angezeigter Name")).to_have_value("Ada Byron")
    end(page)
    retry(alert_beside(button))
    expect(page.get_by_text("Gespeichert.", exact=True)).to_be_visible()
    assert stage.ask(lambda: User.objects.get(pk=stage.world.author.pk).name) == "Ada Byron"


def test_form_pressed_twice_is_sent_once_with_its_button(member: Reader, stage: Stage) -> None:
    page = member.page
    open_draft(member, stage)
    sent: list[Request] = []

    def note(request: Request) -> None:
        sent.append(request)

    page.on("request", note)
    button = page.get_by_role("button", name="Entwurf speichern")
    intent = button.get_attribute("value")
    with page.expect_navigation():
        button.evaluate("button => { button.click(); button.click(); }")
    (posted,) = [request for request in sent if request.is_navigation_request() and request.method == "POST"]
    assert f"intent={intent}" in (posted.post_data or "")


def test_browser_that_wrongly_says_it_is_offline_signs_in_and_searches(open_reader: OpenReader, stage: Stage) -> None:
    reader = open_reader()
    page = reader.page
    page.add_init_script("Object.defineProperty(navigator, 'onLine', { get: () => false })")
    author = stage.world.author
    stage.ask(lambda: EmailAddress.objects.create(user=author, email=author.email, verified=True, primary=True))
    reader.go("/de/accounts/login/")
    page.get_by_label("E-Mail").fill(author.email)
    page.get_by_label("Passwort", exact=True).fill(PASS_PHRASE)
    page.get_by_role("main").get_by_role("button", name="Anmelden", exact=True).click()
    expect(page).to_have_url(re.compile("/de/me/"))
    reader.search_field().fill("Dropbox")
    reader.search_field().press("Enter")
    expect(page).to_have_url(re.compile("/de/skills/.q=Dropbox"))


def test_failure_leaves_the_votes_in_one_row_and_the_search_icon_in_its_field(
    open_reader: OpenReader, sign_in: SignIn, stage: Stage
) -> None:
    reader = open_reader(PHONE)
    reader.is_cut_off = True
    sign_in(reader, stage.watcher)
    reader.go(f"/de/suggestions/{stage.suggested().pk}/")
    page = reader.page
    page.context.set_offline(True)
    page.locator("#vote-up").click()
    assert_is_reported(page.locator("#vote-up"), UNREACHABLE, UNCHANGED)
    tops = page.locator(".vote-buttons .btn").evaluate_all("all => all.map((one) => one.getBoundingClientRect().top)")
    assert len(set(tops)) == 1
    page.context.set_offline(False)

    reader.go("/de/skills/")
    page.context.set_offline(True)
    field, icon = page.locator("#q"), page.locator(".search-box:has(#q) .icon")
    field.press_sequentially("bread")
    assert_is_reported(field, UNREACHABLE, UNCHANGED)
    around, inside = field.bounding_box(), icon.bounding_box()
    assert around
    assert inside
    assert around["y"] < inside["y"] < inside["y"] + inside["height"] < around["y"] + around["height"]
