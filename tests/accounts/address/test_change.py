"""Another address for an account: asked for, confirmed at both addresses, done once."""

import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import EmailChange, User
from tests.accounts.members import let_time_pass, make_member, sign_in, signed_in, soup
from tests.factories import make_user
from tests.races import at_once, on_postgresql

pytestmark = pytest.mark.django_db

ADDRESS = "/de/me/settings/address/"
NEW = "anna@new.example"


@pytest.fixture
def anna() -> User:
    return make_member("anna")


def ask(client: Client, new: str = NEW) -> Any:
    return client.post(ADDRESS, {"new_email": new})


def links() -> dict[str, str]:
    """Return the path of the link in the last mail to each address."""
    found = {}
    for message in mail.outbox:
        match = re.search(r"http://testserver(/\S+)", str(message.body))
        if match:
            found[message.to[0]] = match.group(1)
    return found


def addresses_of(user: User) -> tuple[str, list[tuple[str, bool, bool]]]:
    user.refresh_from_db()
    rows = EmailAddress.objects.filter(user=user).values_list("email", "verified", "primary")
    return user.email, list(rows)


def has(email: str) -> tuple[str, list[tuple[str, bool, bool]]]:
    """Return what an account is like whose one address is confirmed."""
    return email, [(email, True, True)]


@pytest.mark.parametrize("character", ["\u200b", "\u00ad", "\u034f"])
def test_an_address_with_a_character_that_nobody_sees_is_refused(anna: User, character: str) -> None:
    answer = ask(signed_in(anna), f"anna@exa{character}mple.de")
    assert answer.status_code == 422
    assert "Die Adresse enthält ein Zeichen, das nicht zu sehen ist. Geben Sie sie neu ein." in answer.text
    assert not EmailChange.objects.exists()
    assert mail.outbox == []


@pytest.mark.parametrize("first", ["old", "new"])
def test_address_changes_once_both_have_confirmed(anna: User, first: str) -> None:
    client = signed_in(anna)
    assert ask(client)["Location"] == ADDRESS
    assert sorted(links()) == ["anna@example.org", NEW]
    order = ["anna@example.org", NEW] if first == "old" else [NEW, "anna@example.org"]
    stranger = Client()
    assert stranger.post(links()[order[0]]).status_code == 200
    assert addresses_of(anna) == has("anna@example.org")
    assert stranger.post(links()[order[1]]).status_code == 200
    assert addresses_of(anna) == has(NEW)
    assert not EmailChange.objects.exists()
    assert mail.outbox[-1].to == ["anna@example.org"]
    assert len(mail.outbox) == 3


def test_a_scanner_that_follows_the_links_changes_nothing(anna: User) -> None:
    ask(signed_in(anna))
    for path in links().values():
        for method in ("get", "head", "options"):
            getattr(Client(), method)(path)
        assert Client().get(path).status_code == 200
    change = EmailChange.objects.get()
    assert (change.old_confirmed_at, change.new_confirmed_at) == (None, None)
    assert addresses_of(anna) == has("anna@example.org")


def test_one_address_alone_changes_nothing_however_often_it_confirms(anna: User) -> None:
    ask(signed_in(anna))
    for _ in range(3):
        assert Client().post(links()[NEW]).status_code == 200
    assert addresses_of(anna) == has("anna@example.org")


def test_a_taken_address_gets_the_same_answer_and_its_owner_a_mail(anna: User) -> None:
    berta = make_member("berta", language="en")
    answers = []
    for client, new in ((signed_in(anna), "Berta@example.org"), (signed_in(make_member("carla")), "free@example.org")):
        answer = ask(client, new)
        client.get("/de/me/")  # says who signed in
        page = str(soup(client.get(ADDRESS)).select_one("main")).replace(new.lower(), "…")
        page = re.sub(r'value="\w{64}"', "", page)
        answers.append((answer.status_code, answer["Location"], re.sub(r"(anna|carla)@example.org", "…", page)))
    assert answers[0] == answers[1]
    notices = [message for message in mail.outbox if message.to == [berta.email]]
    assert [message.subject.endswith("Your address has an account already") for message in notices] == [True]
    assert "/me/settings/address/confirm/" not in notices[0].body
    assert addresses_of(berta) == has("berta@example.org")


def test_second_request_replaces_the_first(anna: User) -> None:
    client = signed_in(anna)
    ask(client, "first@example.org")
    before = links()
    ask(client, NEW)
    for path in (before["anna@example.org"], before["first@example.org"]):
        assert Client().post(path).status_code == 410
    change = EmailChange.objects.get()
    assert (change.new_email, change.old_confirmed_at, change.new_confirmed_at) == (NEW, None, None)


def test_links_are_valid_for_a_day(anna: User) -> None:
    ask(signed_in(anna))
    EmailChange.objects.update(created_at=timezone.now() - timedelta(hours=23, minutes=59))
    assert Client().get(links()[NEW]).status_code == 200
    EmailChange.objects.update(created_at=timezone.now() - timedelta(hours=24))
    for path in links().values():
        assert Client().get(path).status_code == 410
        assert Client().post(path).status_code == 410
    assert addresses_of(anna) == has("anna@example.org")


def test_links_are_good_for_one_change_and_one_side(anna: User) -> None:
    ask(signed_in(anna))
    old, new = links()["anna@example.org"], links()[NEW]
    forged = new[:-5] + ("aaaa/" if new[-5:-1] != "aaaa" else "bbbb/")
    assert Client().post(forged).status_code == 410
    Client().post(old)
    Client().post(new)
    assert [Client().post(path).status_code for path in (old, new)] == [410, 410]
    assert addresses_of(anna) == has(NEW)


def test_who_asked_may_cancel(anna: User) -> None:
    client = signed_in(anna)
    ask(client)
    assert client.get(f"{ADDRESS}cancel/").status_code == 405
    assert client.post(f"{ADDRESS}cancel/")["Location"] == ADDRESS
    assert client.post(f"{ADDRESS}cancel/")["Location"] == ADDRESS
    assert not EmailChange.objects.exists()
    assert Client().post(links()[NEW]).status_code == 410


def test_who_proved_themselves_long_ago_proves_it_again_and_loses_nothing(anna: User) -> None:
    client = signed_in(anna)
    let_time_pass(client, 3600)
    answer = ask(client)
    assert answer["Location"].startswith("/de/accounts/reauthenticate/")
    assert not EmailChange.objects.exists()
    client.post(answer["Location"], {"password": "a long pass phrase"})
    assert EmailChange.objects.get().new_email == NEW


@pytest.mark.parametrize("new", ["", "no address", "ANNA@example.org", "a" * 250 + "@example.org"])
def test_what_is_no_new_address_is_said_on_the_form(anna: User, new: str) -> None:
    answer = ask(signed_in(anna), new)
    assert answer.status_code == 422
    assert answer.context["form"].errors["new_email"]
    assert not EmailChange.objects.exists()
    assert mail.outbox == []


def test_nobody_floods_others_with_mail(anna: User) -> None:
    client = signed_in(anna)
    answers = [ask(client, f"victim{number}@example.org") for number in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert answers[-1]["Retry-After"] == "3600"
    assert soup(answers[-1]).select_one("input[value='victim5@example.org']") is not None
    assert EmailChange.objects.get().new_email == "victim4@example.org"


def test_other_sessions_stay_and_the_new_address_signs_in(anna: User) -> None:
    here, elsewhere = signed_in(anna), signed_in(anna)
    ask(here)
    for path in links().values():
        Client().post(path)
    assert [client.get("/de/me/").status_code for client in (here, elsewhere)] == [200, 200]
    anna.refresh_from_db()
    client, _ = sign_in(anna)
    assert client.get("/de/me/").status_code == 200


def test_each_mail_speaks_its_readers_language() -> None:
    ask(signed_in(make_member("anna", language="en")))
    assert all(path.startswith("/en/me/settings/address/confirm/") for path in links().values())
    assert mail.outbox[-1].subject.endswith("Confirm your new address")


def test_an_address_taken_meanwhile_is_not_taken_away(anna: User) -> None:
    ask(signed_in(anna))
    berta = make_user("berta")
    User.objects.filter(pk=berta.pk).update(email=NEW)
    old, new = links()["anna@example.org"], links()[NEW]
    assert Client().post(old).status_code == 200
    assert Client().post(new).status_code == 409
    assert addresses_of(anna) == has("anna@example.org")
    assert not EmailChange.objects.exists()


def test_strangers_ask_for_nothing(client: Client, anna: User) -> None:
    for answer in (client.get(ADDRESS), ask(client), client.post(f"{ADDRESS}cancel/")):
        assert answer["Location"].startswith("/de/accounts/login/?next=/de/me/settings/address/")
    assert not EmailChange.objects.exists()


def test_the_library_s_own_page_leads_here(anna: User) -> None:
    client = signed_in(anna)
    for answer in (
        client.get("/de/accounts/email/"),
        client.post("/de/accounts/email/", {"action_add": "", "email": NEW}),
    ):
        assert (answer.status_code, answer["Location"]) == (302, ADDRESS)
    assert addresses_of(anna) == has("anna@example.org")


@on_postgresql
@pytest.mark.parametrize("_attempt", range(3))
def test_of_two_accounts_that_confirm_one_address_at_once_one_gets_it(_attempt: int) -> None:
    people = [make_member("anna"), make_member("berta")]
    last_words = []
    for person in people:
        ask(signed_in(person))
        Client().post(links()[person.email])
        last_words.append(partial(Client().post, links()[NEW]))
    answers: list[Any] = at_once(*last_words)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert EmailAddress.objects.filter(email=NEW, verified=True).count() == 1
    assert list(User.objects.values_list("email", flat=True)).count(NEW) == 1
    assert not EmailChange.objects.exists()


@on_postgresql
@pytest.mark.parametrize("_attempt", range(3))
def test_both_addresses_that_confirm_at_once_change_it_once(_attempt: int) -> None:
    anna = make_member("anna")
    ask(signed_in(anna))
    answers: list[Any] = at_once(*(partial(Client().post, path) for path in links().values()))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert addresses_of(anna) == has(NEW)
    assert [message.to[0] for message in mail.outbox].count("anna@example.org") == 2


@on_postgresql
def test_asking_twice_at_once_leaves_one_request() -> None:
    client = signed_in(make_member("anna"))
    answers: list[Any] = at_once(*(partial(ask, client, f"{name}@new.example") for name in ("first", "second")))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert EmailChange.objects.count() == 1
