"""On a local run a page that has just sent mail says where it lies."""

import pytest
from django.conf import settings
from django.template import engines
from django.test import RequestFactory
from django.test.utils import override_settings

IN_FILES = {
    "default": {"BACKEND": "accounts.mail.OwedMailBackend"},
    "transport": {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": str(settings.BASE_DIR / "var" / "mail")},
    },
}


def shown(host: str) -> str:
    template = engines["django"].from_string("{% load local_mail %}{% local_mail %}")
    return template.render({}, RequestFactory().get("/", headers={"host": host})).strip()


@pytest.mark.parametrize(
    ("host", "listens_locally", "is_said"),
    [
        ("localhost:8000", True, True),
        ("[::1]:8000", True, True),
        ("localhost:8000", False, False),
        ("testserver", True, False),
    ],
)
def test_where_mail_lies_is_said_to_who_sits_at_the_machine(host: str, listens_locally: bool, is_said: bool) -> None:
    with override_settings(MAILERS=IN_FILES, LISTENS_LOCALLY=listens_locally):
        said = shown(host)
    assert ("<code>var/mail</code>" in said, said != "") == (is_said, is_said)


def test_with_a_mail_server_nothing_is_said_of_files() -> None:
    assert shown("localhost:8000") == ""
