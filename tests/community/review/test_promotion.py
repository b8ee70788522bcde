"""Who is proposed as a reviewer, and how an administrator makes them one."""

from datetime import timedelta
from functools import partial

import pytest
from bs4 import Tag
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format
from pytest_django import DjangoAssertNumQueries

from accounts.membership import REVIEWERS, is_reviewer
from accounts.models import User
from community.models import Suggestion
from community.posting.refusals import NotAllowed
from community.review import deciding
from community.review.promotion import list_proposed_reviewers, promote
from skills.models import Significance
from tests.admin_pages import change_address, page_of, typed
from tests.community.suggestions.world import World, make_world
from tests.factories import make_user
from tests.races import done_at_once

PAGE = "/admin/community/suggestion/reviewers/"


def contribute(world: World, person: User, count: int, accepted: int, days: int) -> None:
    now = timezone.now()
    Suggestion.objects.bulk_create(
        Suggestion(
            skill=world.skill,
            author=person,
            state="accepted" if number < accepted else "declined",
            reason="x",
            submitted_at=now - timedelta(days=days if number == 0 else 0),
        )
        for number in range(count)
    )


@pytest.mark.parametrize(
    ("count", "accepted", "days", "expected"),
    [(10, 5, 14, True), (9, 5, 14, False), (10, 4, 14, False), (10, 5, 13, False)],
)
def test_ten_suggestions_five_accepted_over_two_weeks(
    world: World, count: int, accepted: int, days: int, expected: bool
) -> None:
    contribute(world, world.author, count, accepted, days)
    assert list(list_proposed_reviewers()) == ([world.author] if expected else [])


def test_accepted_suggestions_that_moderators_hid_count_for_nothing(world: World) -> None:
    contribute(world, world.author, 10, 5, 14)
    Suggestion.objects.filter(pk=Suggestion.objects.filter(state="accepted")[0].pk).update(hidden_at=timezone.now())
    assert list(list_proposed_reviewers()) == []


def test_reviewers_and_closed_accounts_are_not_proposed(world: World) -> None:
    closed = make_user(is_active=False)
    for person in (world.reviewer, closed, make_user(is_superuser=True)):
        contribute(world, person, 10, 5, 14)
    assert list(list_proposed_reviewers()) == []


def test_proposals_are_one_query(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for person in (world.author, make_user()):
        contribute(world, person, 10, 5, 14)
    with django_assert_num_queries(1):
        assert len(list_proposed_reviewers()) == 2


def page(client: Client) -> Tag:
    return page_of(client, PAGE)


def promote_and_read_messages(client: Client, *people: User) -> list[str]:
    response = client.post(PAGE, {"person": [person.pk for person in people]}, follow=True)
    return [str(message) for message in response.context["messages"]]


def test_page_shows_who_is_proposed_with_their_figures(admin_site: Client, world: World) -> None:
    contribute(world, world.author, 11, 6, 20)
    contribute(world, make_user(), 9, 5, 20)
    (row,) = page(admin_site).select("#promotion tbody tr")
    first, last = (date_format(timezone.localdate() - timedelta(days=days), "SHORT_DATE_FORMAT") for days in (20, 0))
    cells = [cell.get_text() for cell in row.select("td")]
    assert world.author.username in row.get_text()
    assert cells[1:] == ["11", "6", first, last]


def test_list_of_suggestions_links_to_the_page(admin_site: Client, world: World) -> None:
    world.suggested()
    assert page_of(admin_site, "/admin/community/suggestion/").select(f'a[href="{PAGE}"]') != []


def test_page_says_so_when_nobody_is_proposed(admin_site: Client) -> None:
    assert page(admin_site).select("#promotion") == []


def test_who_is_chosen_is_promoted_and_the_log_says_by_whom(admin_site: Client, staff: User, world: World) -> None:
    contribute(world, world.author, 10, 5, 14)
    assert promote_and_read_messages(admin_site, world.author) == [f"Prüfen von nun an: {world.author.username}"]
    assert is_reviewer(world.author)
    entry = LogEntry.objects.get()
    assert (entry.user, entry.get_edited_object(), entry.action_flag) == (staff, world.author, CHANGE)
    assert page(admin_site).select("#promotion") == []


def test_who_is_not_proposed_any_more_is_not_promoted_and_the_page_says_so(admin_site: Client, world: World) -> None:
    contribute(world, world.author, 10, 5, 14)
    other = make_user()
    assert len(promote_and_read_messages(admin_site, world.author, other)) == 2
    assert (is_reviewer(world.author), is_reviewer(other)) == (True, False)
    (message,) = promote_and_read_messages(admin_site, world.author)
    assert message.endswith(world.author.username)
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize("keys", [[], ["x"], ["9" * 30], ["-1"], ["\0"]])
def test_nobody_chosen_is_nobody_promoted(admin_site: Client, world: World, keys: list[str]) -> None:
    contribute(world, world.author, 10, 5, 14)
    assert admin_site.post(PAGE, {"person": keys}).status_code == 302
    assert not is_reviewer(world.author)


@pytest.mark.parametrize("is_allowed_all", [False, True])
def test_staff_who_are_no_administrators_neither_see_nor_promote(
    client: Client, world: World, is_allowed_all: bool
) -> None:
    contribute(world, world.author, 10, 5, 14)
    member = make_user(is_staff=True)
    member.user_permissions.set(Permission.objects.filter(content_type__app_label="community"))
    if is_allowed_all:
        member.groups.add(Group.objects.get(name=REVIEWERS))
    client.force_login(member)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"person": [world.author.pk]}).status_code == 403
    assert page_of(client, "/admin/community/suggestion/").select(f'a[href="{PAGE}"]') == []
    with pytest.raises(NotAllowed):
        promote([world.author], member)
    assert not is_reviewer(world.author)


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    assert client.get(PAGE)["Location"].endswith(f"?next={PAGE}")


def test_page_costs_the_same_queries_however_many_are_proposed(admin_site: Client, world: World) -> None:
    counts = []
    for _ in range(2):
        contribute(world, make_user(), 10, 5, 14)
        with CaptureQueriesContext(connection) as queries:
            page(admin_site)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_who_is_taken_out_of_the_group_on_their_page_decides_no_more(
    admin_site: Client, client: Client, world: World
) -> None:
    suggestion = world.suggested()
    data = typed(page_of(admin_site, change_address(world.reviewer)))
    assert data.pop("reviewer") == "on"
    assert admin_site.post(change_address(world.reviewer), data).status_code == 302
    assert not is_reviewer(User.objects.get(pk=world.reviewer.pk))
    client.force_login(world.reviewer)
    assert client.get(f"/en/review/{suggestion.pk}/").status_code == 403
    with pytest.raises(NotAllowed):
        deciding.accept(suggestion, world.reviewer, significance=Significance.MEDIUM)


def test_two_administrators_at_once_promote_a_person_once(transactional_db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time")
    with transaction.atomic():
        world = make_world()
        contribute(world, world.author, 10, 5, 14)
    administrators = [make_user(is_superuser=True) for _ in range(2)]
    outcomes = done_at_once(*(partial(promote, [world.author], one) for one in administrators))
    assert sorted(map(len, outcomes)) == [0, 1]  # type: ignore[arg-type]
    assert LogEntry.objects.count() == 1
