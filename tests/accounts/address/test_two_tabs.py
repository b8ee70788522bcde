"""Two tabs with the address of one account: an older page neither replaces nor cancels a newer request."""

import pytest
from django.test import Client

from accounts.models import EmailChange
from tests.accounts.members import make_member, signed_in
from tests.tabs import read_fields

pytestmark = pytest.mark.django_db
PAGE = "/en/me/settings/address/"
REQUEST, CANCEL = f"form[action='{PAGE}']", f"form[action='{PAGE}cancel/']"


@pytest.fixture
def browser(db: None) -> Client:
    return signed_in(make_member("anna"))


def requested() -> list[str]:
    return list(EmailChange.objects.values_list("new_email", flat=True))


def test_a_newer_request_is_shown_before_it_is_replaced(browser: Client) -> None:
    older = read_fields(browser.get(PAGE), REQUEST) | {"new_email": "older@new.example"}
    newer = read_fields(browser.get(PAGE), REQUEST) | {"new_email": "newer@new.example"}
    for _time in range(2):  # a double click is no conflict
        assert browser.post(PAGE, newer).status_code == 302
    response = browser.post(PAGE, older)
    assert response.status_code == 409
    assert "newer@new.example" in response.text
    assert requested() == ["newer@new.example"]
    again = read_fields(response, REQUEST)
    assert again["new_email"] == "older@new.example"
    assert browser.post(PAGE, again).status_code == 302
    assert requested() == ["older@new.example"]


def test_cancelling_on_an_older_page_leaves_a_newer_request_alone(browser: Client) -> None:
    browser.post(PAGE, {"new_email": "first@new.example"})
    older = read_fields(browser.get(PAGE), CANCEL)
    browser.post(PAGE, read_fields(browser.get(PAGE), REQUEST) | {"new_email": "newer@new.example"})
    response = browser.post(f"{PAGE}cancel/", older)
    assert response.status_code == 409
    assert "It was not cancelled." in response.text
    assert requested() == ["newer@new.example"]
    assert browser.post(f"{PAGE}cancel/", read_fields(response, CANCEL)).status_code == 302
    assert requested() == []
