"""On a local run a page that has just sent mail says where it lies."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.mail import send_mail
from django.template import engines
from django.test import RequestFactory
from django.test.utils import override_settings

from accounts.mail import queue
from accounts.models import Delivery

IN_FILES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "accounts.mail.queue.QueueEmailBackend"},
    "transport": {
        "BACKEND": "accounts.mail.files.FileEmailBackend",
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
        html = shown(host)
    assert ("<code>var/mail</code>" in html, html != "") == (is_said, is_said)


def test_with_a_mail_server_nothing_is_said_of_files() -> None:
    assert shown("localhost:8000") == ""


@pytest.mark.django_db
def test_a_message_sent_twice_is_one_file_with_readable_text(tmp_path: Path) -> None:
    in_files = {**IN_FILES, "transport": {**IN_FILES["transport"], "OPTIONS": {"file_path": str(tmp_path / "mail")}}}
    with override_settings(MAILERS=in_files):
        send_mail("Bestätigung", "Grüße " + "weit " * 40, "skills@site.example", ["anna@example.org"])
        queue.deliver_due()
        [file] = (tmp_path / "mail").iterdir()
        Delivery.objects.update(state="owed", finished_at=None, text="Grüße noch einmal")
        queue.deliver_due()
    assert list((tmp_path / "mail").iterdir()) == [file]
    assert "Grüße noch einmal" in file.read_text()
