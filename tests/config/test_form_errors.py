"""Every form of the site that comes back with errors: 422, a summary that takes the focus, and texts at the fields."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from django.conf import LazySettings
from django.test import Client
from django.urls import resolve
from django.utils import translation

from accounts.sign_in import traps
from tests.accounts.members import PASS_PHRASE, make_member
from tests.community.test_permissions import tried
from tests.config.test_every_url import TABLE
from tests.config.url_stage import Stage, make_stage
from tests.config.url_table import CELL, KEY, MAIL, NEW_SKILL, REVIEW, SUGGESTION, WORDS
from tests.config.url_table_accounts import ADMIN_PAGES, PASSWORDS

pytestmark = pytest.mark.django_db

LONG = "a" * 20_000
# The path below /en/, and what is sent: something that the form refuses.
MEMBER = [
    ("skills/{slug}/history/1/revert/", {"seen": "{latest}", "summary": LONG, **KEY}),
    ("skills/{slug}/suggestions/new/", SUGGESTION | {"reason": ""}),
    ("skills/{slug}/suggestions/new/", SUGGESTION | {"reason": LONG}),
    ("skills/{slug}/suggestions/new/", SUGGESTION | {"description:baker/junior": LONG}),
    ("skills/{slug}/suggestions/new/", SUGGESTION | {"description:baker/junior": ""}),
    ("skills/{slug}/suggestions/new/", SUGGESTION | {"name": LONG, "status": "burnt"}),
    ("skills/{slug}/suggestions/new/", SUGGESTION | {"description:baker/junior": "Knows.", "confirmed": ""}),
    ("skills/{slug}/suggestions/new/", SUGGESTION | {"intent": "check", "reason": ""}),
    ("skills/{slug}/suggestions/new/", SUGGESTION | {"intent": "add", "add_role": "baker", "add_level": "junior"}),
    ("suggestions/new-skill/", NEW_SKILL | {"name": ""}),
    ("suggestions/new-skill/", NEW_SKILL | {"group": "no/where"}),
    ("suggestions/new-skill/", {name: text for name, text in NEW_SKILL.items() if name != "cell"}),
    ("suggestions/{own_open}/edit/", CELL | {"revision": "{latest}", "skill": "{slug}", "reason": ""}),
    ("suggestions/{own_declined}/second-reader/", {"message": LONG}),
    ("skills/{slug}/comments/", WORDS | {"body": ""}),
    ("skills/{slug}/comments/", WORDS | {"role": "baker"}),
    ("suggestions/{their_open}/comments/", WORDS | {"body": LONG}),
    ("comments/{own_comment}/edit/", WORDS | {"body": ""}),
    ("report/comment/{their_comment}/", {"fault": ""}),
    ("report/comment/{their_comment}/", {"fault": "other", "message": ""}),
    ("me/settings/", {"name": "x@example.org", "language": "en", "theme": "", "time_zone": "Mars/North"}),
    ("me/settings/", {"name": "Anna", "language": "en", "theme": "pink", "time_zone": ""}),
    ("shortcuts/", {"shortcuts": ""}),
    ("me/settings/email/", MAIL | {"comment": "hourly"}),
    ("me/settings/address/", {"new_email": "nobody"}),
    ("me/settings/delete/", {}),
    ("accounts/reauthenticate/", {"password": "wrong"}),
    ("accounts/password/change/", PASSWORDS | {"oldpassword": "wrong", "password2": ""}),
    ("accounts/2fa/totp/activate/", {"code": ""}),
    ("accounts/2fa/webauthn/keys/{own_passkey}/edit/", {"name": ""}),
]
STRANGER = [
    ("accounts/login/", {"login": "x@example.org", "password": "wrong"}),
    ("accounts/login/", {"login": "", "password": ""}),
    ("accounts/login/code/", {"email": "x"}),
    ("accounts/signup/", {"email": "nobody", "password1": "1", "started": "{now}"}),
    ("accounts/password/reset/", {"email": "x"}),
]
REVIEWER = [
    ("review/decline/", REVIEW | {"reason": "", "pick": ""}),
    ("review/{their_open}/accept/", REVIEW | {"change": ""}),
    (
        "review/{their_open}/accept/",
        REVIEW | {"change": "{their_change}", "text-{their_change}": "⟦a ¦ b⟧", "seen-{their_change}": "x"},
    ),
    ("review/{their_open}/accept/", REVIEW | {"change": "{their_change}", "text-{their_change}": ""}),
    ("review/{their_open}/decline/", REVIEW | {"reason": ""}),
    ("review/{their_open}/request-changes/", REVIEW | {"message": ""}),
    ("review/{their_declined}/undo/", REVIEW | {"decision": "{their_decision}", "message": ""}),
]
MODERATOR = [
    ("moderation/people/{their_account}/", {"intent": "warn", "reason": ""}),
    ("moderation/people/{their_account}/", {"intent": "suspend", "reason": "Why.", "until": ""}),
    ("moderation/comment/{their_comment_reported}/", {"intent": "agree_and_hide", "reason": LONG}),
]
FORMS = {"anonymous": STRANGER, "member": MEMBER, "reviewer": REVIEWER, "moderator": MODERATOR}

# Buttons without anything that a person types or chooses: what they send is right, or a program sent it.
BUTTONS = {
    *("community:suggestion_vote", "community:suggestion_withdraw", "community:suggestion_renew"),
    *("community:review_claim", "community:review_release", "community:unsubscribe"),
    *("community:comment_delete", "community:comment_helpful", "community:comment_resolve", "community:comment_mute"),
    *("community:watch_list", "community:watch", "community:read_all", "community:notification"),
    *("community:email_try_again", "accounts:address_cancel", "accounts:export", "accounts:address_confirm"),
    *("account_logout", "accounts.sessions.views.sessions", "socialaccount_connections", "github_login"),
    *("mfa_generate_recovery_codes", "mfa_remove_webauthn", "root", "django.views.generic.base.RedirectView"),
    *("github_callback", "google_callback", "openid_connect_callback"),
}
# Pages that need a sign-in half done: see STEPS.
STEP_NAMES = {"account_confirm_login_code", "account_email_verification_sent", "mfa_authenticate"}
ELSEWHERE = {  # the same form as another one, or one that only a script sends
    *("account_complete_password_reset", "account_set_password", "mfa_reauthenticate"),
    *("mfa_add_webauthn", "mfa_login_webauthn"),
}


def page_of(answer: Any) -> Tag:
    return BeautifulSoup(answer.content, "html.parser")


def find_faults(answer: Any, *, is_fragment: bool = False) -> list[str]:
    """Return what is wrong with a page that shows a form again."""
    if answer.status_code != 422:
        return [f"status {answer.status_code}"]
    page, wrong = page_of(answer), []
    focused = page.select_one("[autofocus]")
    if not is_fragment:
        wrong += [] if str(page.title.get_text()).startswith("Error: ") else ["the title says nothing"]  # type: ignore[union-attr]
        wrong += [] if page.select("#form-errors ~ * h1, #form-errors ~ h1") else ["the summary is not at the top"]
    if len(page.select("#form-errors")) != 1 or focused is None or focused.get("id") != "form-errors":
        return [*wrong, "no summary, or it does not take the focus"]
    wrong += [] if focused.get("tabindex") == "-1" else ["the summary cannot have the focus"]
    links = {str(link["href"]).removeprefix("#"): link.get_text() for link in focused.select("a[href^='#']")}
    wrong += [] if links else ["the summary links to no field"]
    marked = {str(control.get("name")) for control in page.select("[aria-invalid=true]")}
    linked = {str(control.get("name")) for control in page.select("[id]") if control["id"] in links}
    wrong += [f"{name} is not in the summary" for name in marked - linked]
    for control_id, message in links.items():
        control = page.find(id=control_id)
        if control is None or control.name not in {"input", "select", "textarea"}:
            wrong.append(f"no control {control_id}")
        elif message not in describe(page, control) or control.get("aria-invalid") != "true":
            wrong.append(f"{control_id} is not tied to '{message}'")
    return wrong


def describe(page: Tag, control: Tag) -> str:
    """Return the texts that describe a control, or the group of choices that it belongs to."""
    group = control.find_parent("fieldset", attrs={"aria-describedby": True})
    ids = f"{control.get('aria-describedby', '')} {group['aria-describedby'] if group else ''}".split()
    texts = [page.find(id=each) for each in ids]
    return " ".join(text.get_text(" ") if text else f"nothing has the id of {ids}" for text in texts)


@pytest.mark.parametrize("role", FORMS)
def test_a_form_with_errors_says_which_fields_to_mend(role: str) -> None:
    stage: Stage = make_stage(role)
    if role == "member":
        stage.world.publish(stage.world.kneading("Kneads well."))  # so that there is something to revert
    wrong = {}
    for path, data in FORMS[role]:
        with tried():
            if faults := find_faults(stage.ask("post", f"/en/{path}", data)):
                wrong[f"{path} {str(data)[:90]}"] = faults
    assert not wrong, wrong


def begin_sign_up(client: Client) -> str:
    data = {"name": "Anna", "email": "anna@example.org", "password1": PASS_PHRASE, "started": traps.sign_current_time()}
    client.post("/en/accounts/signup/", data)
    return "/en/accounts/confirm-email/"


def begin_sign_in_by_code(client: Client) -> str:
    client.post("/en/accounts/login/code/", {"email": make_member().email})
    return "/en/accounts/login/code/confirm/"


def begin_password_reset(client: Client) -> str:
    client.post("/en/accounts/password/reset/", {"email": make_member().email})
    return "/en/accounts/password/reset/confirm/"


STEPS = [begin_sign_up, begin_sign_in_by_code, begin_password_reset]


@pytest.mark.parametrize("begin", STEPS)
def test_a_wrong_code_is_an_error_of_its_field(client: Client, begin: Callable[[Client], str]) -> None:
    answer = client.post(begin(client), {"code": "wrong"})
    assert find_faults(answer) == []


def test_no_form_is_forgotten(settings: LazySettings) -> None:
    names = dict.fromkeys(re.findall(r"\{(\w+)\}", " ".join(row.address for row in TABLE)), "1")
    tested = [f"/en/{path}" for forms in FORMS.values() for path, _data in forms]
    with translation.override("en"):

        def find_view(address: str) -> str:
            return resolve(urlsplit(address.format(**names)).path).view_name

        done = {find_view(address) for address in tested} | BUTTONS | STEP_NAMES | ELSEWHERE
        written = {
            find_view(row.address)
            for row in TABLE
            if row not in ADMIN_PAGES and {"200", "302", "422"} & set(row.post.split())
        }
        assert written - done == set()


@pytest.mark.parametrize(
    ("role", "path", "data"),
    [
        ("member", "skills/{slug}/comments/", WORDS | {"body": ""}),
        ("reviewer", "review/{their_open}/decline/", REVIEW | {"reason": ""}),
    ],
)
def test_htmx_gets_the_summary_inside_the_part(role: str, path: str, data: dict[str, str]) -> None:
    stage = make_stage(role)
    stage.browser.defaults["HTTP_HX_REQUEST"] = "true"
    answer = stage.ask("post", f"/en/{path}", data)
    assert find_faults(answer, is_fragment=True) == []
    title = page_of(answer).title
    assert title is None or "Error" not in title.get_text()  # a script marks the title where the part is put in


def test_a_form_without_errors_has_no_summary(client: Client) -> None:
    page = page_of(client.get("/en/accounts/login/"))
    assert page.select("#form-errors, [aria-invalid], [autofocus]") == []
    assert page.title is not None
    assert page.title.get_text().startswith("Sign in")
