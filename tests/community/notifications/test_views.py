"""Notices of suggestions as lists show them: what they say, where they lead, and what they cost."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Delivery, User
from community.drafting import drafts
from community.models import Notification, Watch
from community.notifications import digests
from community.review import deciding
from community.watching import watches
from skills.models import Significance
from tests.community.events.factories import make_watchers, notify_everyone
from tests.community.notifications.factories import make_reader
from tests.community.suggestions.world import SENIOR, World, make_reviewer
from tests.factories import make_user

pytestmark = pytest.mark.django_db

LIST = "/en/notifications/"
MOST_QUERIES = 10


def rows_of(client: Client, person: User, address: str = LIST) -> list[Tag]:
    client.force_login(person)
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser").select("li.notice")


def words_of(row: Tag) -> str:
    return " ".join(row.get_text(" ").split())


def link_of(row: Tag) -> str:
    link = row.select_one("a")
    assert link
    return str(link["href"])


def button_of(row: Tag) -> str:
    button = row.select_one("button[name=open]")
    assert button
    return button.get_text()


def test_a_watcher_gets_a_notice_that_opens_the_new_suggestion(client: Client, world: World) -> None:
    [watcher] = make_watchers(world.skill, 1)
    suggestion = world.suggested()
    notify_everyone()
    [row] = rows_of(client, watcher)
    for part in ("New suggestion", "Baking", f"by {world.author.get_full_name()}", "because you watch this skill"):
        assert part in words_of(row)
    assert f"First contribution: please welcome {world.author.get_full_name()}." in words_of(row)
    assert link_of(row) == f"/en/suggestions/{suggestion.pk}/"
    assert button_of(row) == "See the suggestion"


def test_several_suggestions_are_counted_and_open_their_list(client: Client, world: World) -> None:
    [watcher] = make_watchers(world.skill, 1)
    for _ in range(2):
        world.suggested()
    notify_everyone()
    [row] = rows_of(client, watcher)
    assert "New suggestion: 2 suggestions" in words_of(row)
    assert "A first contribution is among them" in words_of(row)
    assert link_of(row) == f"/en/skills/{world.skill.slug}/suggestions/"
    assert client.get(link_of(row)).status_code == 200
    assert button_of(row) == "See the suggestions"


def test_a_reviewer_gets_a_notice_that_opens_the_page_of_the_review(client: Client, world: World) -> None:
    suggestion = world.suggested()
    notify_everyone()
    [row] = rows_of(client, world.reviewer)
    for part in ("Suggestion waits for my review", "please welcome", "because you review suggestions"):
        assert part in words_of(row)
    assert link_of(row) == f"/en/review/{suggestion.pk}/"
    assert button_of(row) == "Review"
    deciding.decline(suggestion, world.other_reviewer, world.spam)
    assert "no longer waiting" in words_of(rows_of(client, world.reviewer)[0])


def test_a_reviewer_reads_why_a_suggestion_waits_again(client: Client, world: World) -> None:
    suggestion = world.suggested()
    deciding.request_changes(suggestion, world.reviewer, "Which dough?")
    notify_everyone()
    Notification.objects.all().delete()
    drafts.submit(suggestion, world.author, confirmed=True)
    notify_everyone()
    assert "answered what you asked for" in words_of(rows_of(client, world.reviewer)[0])
    deciding.decline(suggestion, world.reviewer, world.spam)
    drafts.ask_second_reader(suggestion, world.author, "Please.")
    notify_everyone()
    assert "a second reader is asked for" in words_of(rows_of(client, world.other_reviewer)[0])


def test_the_author_gets_a_notice_that_opens_the_decided_suggestion(client: Client, world: World) -> None:
    suggestion = world.suggested()
    deciding.request_changes(suggestion, world.reviewer, "Which dough?")
    notify_everyone()
    [row] = rows_of(client, world.author)
    for part in ("Decision on my suggestion", "changes requested", "because it concerns what you wrote"):
        assert part in words_of(row)
    assert link_of(row) == f"/en/suggestions/{suggestion.pk}/"


@pytest.mark.parametrize(("language", "words"), [("en", "1 accepted, 2 declined"), ("de", "1 angenommen, 2 abgelehnt")])
def test_a_burst_of_decisions_is_summed_up_in_words(client: Client, world: World, language: str, words: str) -> None:
    for _ in range(2):
        deciding.decline(world.suggested(), world.reviewer, world.spam)
    deciding.accept(world.suggested(), world.reviewer, significance=Significance.TYPO)
    notify_everyone()
    [row] = rows_of(client, world.author, f"/{language}/notifications/")
    assert words in words_of(row)
    [row] = rows_of(client, world.author, f"/{language}/me/")
    assert words in words_of(row)


def test_the_list_is_narrowed_to_each_kind(client: Client, world: World) -> None:
    watches.set_level(world.reviewer, world.skill, Watch.Level.WATCH)
    accepted = world.suggested(world.cell(SENIOR, None, "Teaches."), author=world.reviewer)
    deciding.accept(accepted, world.other_reviewer, significance=Significance.MEDIUM)
    world.suggested()
    notify_everyone()
    for kind in ("decision", "review_waiting"):
        assert len(rows_of(client, world.reviewer, f"{LIST}?kind={kind}")) == 1
    assert rows_of(client, world.reviewer, f"{LIST}?kind=suggestion") == []
    assert len(rows_of(client, world.reviewer)) == 2


def withdrawn(world: World) -> None:
    suggestion = world.suggested()
    drafts.withdraw(suggestion, world.author)


def author_gone(world: World) -> None:
    world.suggested()
    world.author.delete()


@pytest.mark.parametrize("how", [withdrawn, author_gone])
def test_a_suggestion_taken_back_breaks_neither_list_nor_link_nor_mail(
    client: Client, world: World, how: Callable[[World], None]
) -> None:
    reader = make_reader(language="en")
    watches.set_level(reader, world.skill, Watch.Level.WATCH)
    how(world)
    notify_everyone()
    Notification.objects.update(mail_due_at=timezone.now())
    digests.queue_due_digests()
    assert "* New suggestion: Baking" in Delivery.objects.get().text
    for person in (reader, world.reviewer):
        [row] = rows_of(client, person)
        assert client.get(link_of(row)).status_code == 200


def test_notices_go_with_a_suggestion_that_is_gone(client: Client, world: World) -> None:
    suggestion = world.suggested()
    deciding.decline(suggestion, world.reviewer, world.spam)
    notify_everyone()
    suggestion.delete()
    assert rows_of(client, world.author) == rows_of(client, world.reviewer) == []


def test_who_is_no_reviewer_any_more_reads_so_at_the_link(client: Client, world: World) -> None:
    world.suggested()
    notify_everyone()
    [row] = rows_of(client, world.reviewer)
    world.reviewer.groups.clear()
    response = client.get(link_of(row))
    assert response.status_code == 403
    assert "Only reviewers decide on suggestions." in response.text


def test_lists_cost_the_same_with_one_notice_of_each_kind_or_many(client: Client, world: World) -> None:
    person = make_reviewer()
    counts, lengths = [], []
    for number in (1, 4):
        for _ in range(number):
            deciding.decline(world.suggested(author=person), world.reviewer, world.spam)
            deciding.decline(world.suggested(author=make_user()), make_reviewer(), world.spam)
            notify_everyone()
            Notification.objects.update(read_at=timezone.now())  # else it is one burst
        lengths.append(len(rows_of(client, person)))
        for address in (LIST, "/en/me/"):
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counts.append(len(queries))
    assert lengths == [2, 10]
    assert counts[:2] == counts[2:]
    assert max(counts) <= MOST_QUERIES, counts
