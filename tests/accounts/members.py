"""Members, and browsers that sign in through the form."""

import time
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from bs4 import BeautifulSoup, Tag
from django.test import Client

from accounts.models import User
from tests.factories import make_user

PASS_PHRASE = "a long pass phrase"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def make_member(name: str = "", **fields: object) -> User:
    """Return a user whose address is confirmed."""
    user = make_user(name, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(user: User, *, then: str = "", browser: str = FIREFOX) -> tuple[Client, Any]:
    """Return a browser that signed in with the user's password, and the answer to that."""
    client = Client(headers={"user-agent": browser})
    data = {"login": user.email, "password": PASS_PHRASE, **({"next": then} if then else {})}
    answer = client.post("/de/accounts/login/", data)
    assert answer.status_code == 302, BeautifulSoup(answer.content, "html.parser").get_text()
    return client, answer


def signed_in(user: User) -> Client:
    """Return a browser that is signed in and has just authenticated again."""
    client, _answer = sign_in(user)
    assert client.post("/de/accounts/reauthenticate/", {"password": PASS_PHRASE}).status_code == 302
    return client


def let_time_pass(client: Client, seconds: int) -> None:
    """Make the authentication recorded in the session so many seconds old."""
    session = client.session
    for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] = time.time() - seconds
    session.save()


def soup(answer: Any) -> Tag:
    """Return the page of an answer."""
    return BeautifulSoup(answer.content, "html.parser")
