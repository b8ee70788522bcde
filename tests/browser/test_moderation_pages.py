"""The moderators' pages, and reporting: well made in both themes; a report goes its whole way without script."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

from accounts.models import User
from community.drafting import drafts
from community.models import Comment, Event, Fault, Report, Suggestion
from community.moderation import reports
from skills.content.changes import Change, Field
from skills.models import Skill
from tests.browser.conftest import OpenReader
from tests.browser.reader import Device
from tests.browser.stage import enter
from tests.browser.test_every_page import HEIGHT, PHONE_WIDTH, assert_well_made

pytestmark = pytest.mark.browser

MODERATORS_PAGES = ("", "?show=hidden", "?show=suspended", "people/%d/?preview=1", "log/")


@pytest.fixture(scope="module")
def people(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, User]]:
    """Return an administrator, who moderates, an author of a suggestion and a comment, and who reports them."""
    with django_db_blocker.unblock():
        made = {
            name: User.objects.create_user(name, f"{name}@browser.example", "a pass phrase", name=name.title())
            for name in ("author", "reporter")
        }
        made["administrator"] = User.objects.create_superuser("administrator", "a@browser.example", "a pass phrase")
        skill = Skill.objects.get(slug="experiment-tracking")
        change = Change(Field.SUMMARY, skill.summary, f"{skill.summary} Anders gesagt.")
        draft = drafts.start(made["author"], skill, [change], reason="So versteht man es besser.")
        suggestion = drafts.submit(draft, made["author"], confirmed=True)
        comment = Comment.objects.create(skill=skill, author=made["author"], body="Kaufen Sie Uhren!")
        reports.get_or_create_report(comment, made["reporter"], Fault.SPAM)
        reports.get_or_create_report(made["author"], made["reporter"], Fault.OTHER, "Der Name ist Werbung.")
        yield made
        Event.objects.all().delete()
        Report.objects.all().delete()
        comment.delete()
        Suggestion.objects.filter(pk=suggestion.pk).delete()
        for person in made.values():
            person.delete()


@pytest.mark.parametrize("page", MODERATORS_PAGES)
def test_page_of_moderators_is_well_made(
    open_reader: OpenReader, people: dict[str, User], django_db_blocker: DjangoDbBlocker, page: str
) -> None:
    reader = enter(open_reader(Device(PHONE_WIDTH, HEIGHT)), people["administrator"], django_db_blocker)
    reader.go(f"/de/moderation/{page % people['author'].pk if '%' in page else page}")
    assert_well_made(reader)


def test_form_to_report_is_well_made(
    open_reader: OpenReader, people: dict[str, User], django_db_blocker: DjangoDbBlocker
) -> None:
    reader = enter(open_reader(Device(PHONE_WIDTH, HEIGHT)), people["reporter"], django_db_blocker)
    reader.go(f"/de/report/person/{people['author'].pk}/")
    assert_well_made(reader)


def test_suspended_member_sees_why_on_a_page_that_is_well_made(
    open_reader: OpenReader, people: dict[str, User], django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        until = timezone.now() + timedelta(days=3)
        User.objects.filter(pk=people["author"].pk).update(suspended_until=until, suspension_reason="Werbung.")
    reader = enter(open_reader(Device(PHONE_WIDTH, HEIGHT)), people["author"], django_db_blocker)
    reader.go("/de/me/settings/")
    assert "Der Grund: Werbung." in reader.page.locator("#alerts").inner_text()
    assert_well_made(reader)
    with django_db_blocker.unblock():
        User.objects.filter(pk=people["author"].pk).update(suspended_until=None, suspension_reason="")


def test_report_goes_its_whole_way_without_script(
    open_reader: OpenReader, people: dict[str, User], django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        suggestion = Suggestion.objects.get(author=people["author"])
    reporter = enter(open_reader(has_javascript=False), people["reporter"], django_db_blocker)
    reporter.go(f"/de/suggestions/{suggestion.pk}/")
    reporter.page.get_by_role("link", name="Diesen Vorschlag melden").click()
    reporter.page.get_by_label("Spam").check()
    reporter.page.get_by_role("button", name="Meldung senden").click()
    assert "Danke." in reporter.page.locator("#alerts").inner_text()
    moderator = enter(open_reader(has_javascript=False), people["administrator"], django_db_blocker)
    moderator.go("/de/moderation/")
    item = moderator.page.locator(f"#suggestion-{suggestion.pk}")
    item.get_by_role("button", name="Zustimmen und verbergen").click()
    assert moderator.page.locator(f"#suggestion-{suggestion.pk}").count() == 0
    moderator.go("/de/moderation/?show=hidden")
    item.get_by_label("Warum").fill("Ein Versehen.")
    item.get_by_role("button", name="Wieder zeigen").click()
    expect(moderator.page.get_by_text("Erledigt.")).to_be_visible()
    reporter.go(f"/de/suggestions/{suggestion.pk}/")
