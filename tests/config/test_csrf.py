"""No form counts without its token: every address that takes a POST is sent one as a stranger's page would send it."""

import logging

import pytest

from tests.community.test_permissions import tried
from tests.config.test_every_url import DONE, TABLE, everything, seen, stage_of, writes

pytestmark = pytest.mark.django_db

WITHOUT_TOKEN = {
    "/en/unsubscribe/{their_mail_link}/",  # a mail program posts there; the link itself is the proof (RFC 8058)
    "/en/me/settings/delete/",  # to a stranger, who has no account to delete: see url_table.py
}


@pytest.mark.parametrize("role", ["anonymous", "administrator"])
def test_nothing_is_written_without_a_token(role: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "django")
    stage, wrong = stage_of(role), []
    stage.browser.handler.enforce_csrf_checks = True
    before = everything()
    for row in TABLE:
        if expected := row.expected("post", role):
            with tried(), writes() as written:
                got = seen(stage.ask("post", row.address, row.data))
                is_safe = got == "403" if expected in DONE else got not in DONE
                if row.address not in WITHOUT_TOKEN and (not is_safe or (written and everything() != before)):
                    wrong.append(f"{row.address}: {got}, {written}")
    assert not wrong, "\n".join(wrong)


def test_what_needs_none_is_no_more_than_it_says() -> None:
    stage = stage_of("anonymous")
    stage.browser.handler.enforce_csrf_checks = True
    assert {row.address for row in TABLE} > WITHOUT_TOKEN
    assert seen(stage.ask("post", "/en/unsubscribe/{their_mail_link}/", {})) == "200"
