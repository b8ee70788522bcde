"""Nothing reveals to a stranger whether an address has an account: not the answer, not the work it costs."""

import re
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.accounts.members import make_member
from tests.accounts.visitors import CODE, CONFIRM, CONFIRM_SIGN_IN, RESET, sign_in, sign_up

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "known@example.org", "other@example.org"
ACTIONS: dict[str, Callable[[Client, str], Any]] = {
    "sign-up": sign_up,
    "sign-in by password": lambda client, email: sign_in(client, email, "wrong"),
    "sign-in by code": lambda client, email: client.post(CODE, {"email": email}),
    "reset": lambda client, email: client.post(RESET, {"email": email}),
}


@pytest.fixture(autouse=True)
def _known() -> None:
    make_member("known")


def shown(answer: Any, email: str) -> tuple[int, str, list[str], str]:
    """Return what a stranger sees of an answer, without tokens and the address they typed."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode()).replace(email, "ADDRESS")
    return answer.status_code, answer.headers.get("Location", ""), sorted(answer.cookies), text


def whole_answer(action: Callable[[Client, str], Any], email: str) -> list[Any]:
    """Return the answer to an action and the page it redirects to."""
    client = Client()
    answers = [action(client, email)]
    if answers[0].status_code == 302:
        answers.append(client.get(answers[0].headers["Location"]))
    return [shown(answer, email) for answer in answers]


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS.keys())
def test_answer_is_the_same_for_a_known_and_an_unknown_address(action: Callable[[Client, str], Any]) -> None:
    assert whole_answer(action, KNOWN) == whole_answer(action, UNKNOWN)


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS.keys())
def test_work_is_the_same_for_a_known_and_an_unknown_address(action: Callable[[Client, str], Any]) -> None:
    work = []
    for email in (KNOWN, UNKNOWN):
        sent = len(mail.outbox)
        with patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode) as hashed:
            action(Client(), email)
        work.append((hashed.call_count, len(mail.outbox) - sent))
    assert work[0] == work[1]


@pytest.mark.parametrize("email", [KNOWN, UNKNOWN])
def test_password_counts_only_once_its_address_is_confirmed(email: str) -> None:
    """Otherwise a person could sign up with a stranger's address and see by signing in whether it had an account."""
    chosen = "eight green bottles on a wall"
    sign_up(Client(), email, password1=chosen)
    assert "passen nicht zusammen" in sign_in(Client(), email, chosen).content.decode()


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS.keys())
def test_unconfirmed_address_is_answered_like_an_unknown_one(action: Callable[[Client, str], Any]) -> None:
    EmailAddress.objects.update(verified=False)
    assert whole_answer(action, KNOWN) == whole_answer(action, UNKNOWN)


def test_slow_hash_is_really_counted() -> None:
    with patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode) as hashed:
        sign_up(Client(), UNKNOWN)
    assert hashed.call_count == 1


def test_signing_up_with_a_known_address_leaves_nothing_behind() -> None:
    sign_up(Client(), KNOWN)
    assert User.objects.count() == EmailAddress.objects.count() == 1
    assert (mail.outbox[-1].to, mail.outbox[-1].subject) == ([KNOWN], "Sie haben schon ein Konto")


def test_a_guessed_code_answers_alike_for_both() -> None:
    for first, confirm in ((sign_up, CONFIRM), (ACTIONS["sign-in by code"], CONFIRM_SIGN_IN)):
        answers = []
        for email in (KNOWN, UNKNOWN):
            client = Client()
            first(client, email)
            answers.append([shown(client.post(confirm, {"code": "ABC-DEF"}), email) for _ in range(4)])
            User.objects.exclude(email=KNOWN).delete()
        assert answers[0] == answers[1]


def test_mail_to_an_unknown_address_says_that_there_is_no_account() -> None:
    Client().post(RESET, {"email": UNKNOWN})
    assert mail.outbox[-1].subject == "Kein Konto mit dieser Adresse"
