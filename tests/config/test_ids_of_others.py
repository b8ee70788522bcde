"""What belongs to someone else is hidden: the answer is the same, word for word, as to an id that nobody has."""

import re
from typing import Any

import pytest
from django.contrib.messages import get_messages

from tests.community.test_permissions import tried
from tests.config.test_every_url import everything, writes
from tests.config.url_stage import Stage, make_stage
from tests.config.url_table import REVIEW, SUGGESTION, WORDS

pytestmark = pytest.mark.django_db

NOBODYS = "987654321"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
KEYS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# Whose number is tried, where, and what is sent (None by GET); by a member, but what begins with review by a reviewer.
THINGS: list[tuple[str, str, dict[str, str] | None]] = [
    ("their_notice", "notifications/{}/", None),
    ("their_notice", "notifications/{}/", {"event": "{their_event}"}),
    ("their_export", "me/settings/export/{}/", None),
    ("their_passkey", "accounts/2fa/webauthn/keys/{}/edit/", None),
    ("their_passkey", "accounts/2fa/webauthn/keys/{}/edit/", {"name": "Other"}),
    ("their_passkey", "accounts/2fa/webauthn/keys/{}/remove/", {}),
    *(
        (f"their_{state}", page, data)
        for state in ("draft", "hidden", "held")
        for page, data in [
            ("suggestions/{}/", None),
            ("suggestions/{}/edit/", None),
            ("suggestions/{}/edit/", SUGGESTION),
            ("suggestions/{}/vote/", {"value": "1"}),
            ("suggestions/{}/withdraw/", {}),
            ("suggestions/{}/renew/", {}),
            ("suggestions/{}/second-reader/", {"message": "Again."}),
            ("suggestions/{}/comments/", None),
            ("suggestions/{}/comments/", WORDS),
            ("report/suggestion/{}/", None),
            ("report/suggestion/{}/", {"fault": "spam"}),
            ("review/{}/", None),
            *((f"review/{{}}/{action}/", REVIEW) for action in ("claim", "release", "accept", "decline", "undo")),
        ]
    ),
    *(
        (f"their_comment_{state}", page, data)
        for state in ("held", "hidden")
        for page, data in [
            ("comments/{}/", None),
            ("comments/{}/edit/", None),
            ("comments/{}/edit/", WORDS),
            ("comments/{}/delete/", {}),
            ("comments/{}/helpful/", {"value": "1"}),
            ("comments/{}/resolve/", {}),
            ("comments/{}/mute/", {}),
            ("skills/{{slug}}/comments/?answer={}", None),
            ("report/comment/{}/", {"fault": "spam"}),
        ]
    ),
    ("their_comment", "comments/{}/edit/", WORDS),
    ("their_comment", "comments/{}/delete/", None),
]


def answered(stage: Stage, number: str, page: str, data: dict[str, str] | None) -> tuple[int, str]:
    """Return status and words of an answer, without what differs from one request to the next."""
    address = "/en/" + page.format(number)
    answer: Any = stage.ask("get" if data is None else "post", address, data)
    return answer.status_code, KEYS.sub("a key", TOKEN.sub("a token", answer.text))


@pytest.mark.parametrize("role", ["member", "reviewer"])
def test_what_belongs_to_others_is_not_found(role: str) -> None:
    stage, wrong = make_stage(role), []
    before = everything()
    for name, page, data in THINGS:
        if page.startswith("review") != (role == "reviewer"):
            continue
        with tried(), writes() as written:
            number = str(stage.names[name])
            theirs = answered(stage, number, page, data)
            nobodys = answered(stage, NOBODYS, page, data)[1].replace(NOBODYS, number)
            if theirs != (404, nobodys) or (written and everything() != before):
                wrong.append(f"{name}, {page}, {data}: {theirs[0]}, {theirs[1] == nobodys=}, {written}")
    assert not wrong, "\n".join(wrong)


# What is named in a form, not in the address: it is done as often as for nobody's, which is never.
CHOSEN = [
    ("accounts/sessions/", "session", "{}", "their_session"),
    ("me/watching/", "row", "{}:mute", "their_watch"),
    ("me/watching/", "chosen", "{}", "their_watch"),
    ("review/decline/", "pick", "{}", "their_draft"),
    ("review/decline/", "pick", "{}", "their_hidden"),
]


@pytest.mark.parametrize(("page", "field", "value", "name"), CHOSEN)
def test_what_belongs_to_others_cannot_be_chosen(page: str, field: str, value: str, name: str) -> None:
    stage = make_stage("reviewer")
    before, answers = everything(), []
    for number in (str(stage.names[name]), NOBODYS):
        with tried():
            answer = stage.ask("post", f"/en/{page}", {"key": "{key}", "reason": "{spam}", field: value.format(number)})
            messages = [str(message) for message in get_messages(answer.wsgi_request)]
            answers.append((answer.status_code, answer["Location"], messages))
            assert everything() == before
    assert answers[0] == answers[1]


def test_a_link_to_confirm_an_address_is_no_number_that_can_be_guessed() -> None:
    stage = make_stage("member")
    words, _colon, signature = str(stage.names["their_change_link"]).partition(":")
    other, _colon, _signature = str(stage.names["own_change_link"]).partition(":")
    assert words != other
    before = everything()
    for link in (f"{other}:{signature}", words, str(NOBODYS)):
        assert stage.ask("post", f"/en/me/settings/address/confirm/{link}/", {}).status_code == 410
    assert everything() == before
