"""Reading suggestions: the page of one, the lists, and what its author and voters can do there."""

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from community.drafting import drafts
from community.models import State, Step, Suggestion, Vote, Watch
from community.review import deciding
from community.suggestions import voting
from community.suggestions.changes import list_pending_changes
from skills.content.changes import Change, Field
from skills.content.matrix import Place
from skills.models import Significance
from tests.community.suggestions.world import JUNIOR, MIDDLE, SENIOR, World, make_world
from tests.factories import cell, make_role, make_user

MEDIUM = Significance.MEDIUM


def get(client: Client, address: str, status: int = 200, **more: Any) -> Tag:
    response = client.get(address, **more)
    assert response.status_code == status, response.content[:500]
    return BeautifulSoup(response.content, "html.parser")


def words(page: Tag, selector: str) -> list[str]:
    return [" ".join(element.get_text().split()) for element in page.select(selector)]


def page_of(suggestion: Suggestion) -> str:
    return f"/en/suggestions/{suggestion.pk}/"


def post_action(client: Client, suggestion: Suggestion, name: str, **data: str) -> int:
    return client.post(f"{page_of(suggestion)}{name}/", data).status_code


def test_every_change_is_shown_word_by_word(client: Client, world: World) -> None:
    suggestion = world.suggested(
        world.kneading("Kneads by hand."), world.cell(SENIOR, None, "Teaches."), world.cell(MIDDLE, "Bakes.", None)
    )
    page = get(client, page_of(suggestion))
    heads = ["Junior Baker", "Middle Baker is removed", "Senior Baker new requirement"]
    assert words(page, ".reads-head") == heads
    assert words(page, ".difference ins.added") == ["added: by hand", "added: Teaches."]
    assert words(page, ".difference del.removed") == ["removed: Bakes."]


def test_a_long_reason_is_cut_between_characters_in_lists_and_in_history(client: Client, world: World) -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    suggestion = world.suggested()
    Suggestion.objects.filter(pk=suggestion.pk).update(reason="ab" + family * 200)
    shown = words(get(client, "/en/suggestions/"), f"a[href='{page_of(suggestion)}']")
    assert shown == ["ab" + family * 117 + "…"]
    deciding.accept(Suggestion.objects.get(), world.reviewer, significance=MEDIUM)
    assert world.skill.revisions.latest("number").summary == "ab" + family * 59


def test_a_changed_obligation_is_written_out(client: Client, world: World) -> None:
    change = Change(Field.REQUIREMENT, cell("Kneads."), cell("Kneads.", "optional"), JUNIOR)
    page = get(client, page_of(world.suggested(change)))
    assert words(page, ".reads .small") == ["Mandatory →becomes optional"]


def test_reason_author_checks_impact_and_what_comes_next_are_shown(client: Client, world: World) -> None:
    Watch.objects.create(user=make_user(), skill=world.skill)
    world.suggested(world.kneading("Kneads well."), author=make_user())
    page = get(client, page_of(world.suggested(world.cell(SENIOR, None, "Learns to bake."), world.kneading())))
    assert world.author.username in words(page, ".title-row")[0]
    assert words(page, "#why-title + .text") == ["Clearer."]
    assert words(page, ".impact dd") == ["2 →becomes 3", "1", "2", "1"]
    assert words(page, ".check-ask")[0].startswith("Senior · Baker:")
    assert words(page, ".lead-in") == ["A reviewer other than the author will decide. Until then everyone may vote."]


@pytest.mark.parametrize(
    ("source", "links"),
    [
        ("https://example.org/a?b=1", ["https://example.org/a?b=1"]),
        ("javascript:alert(1)", []),
        ("data:text/html,x", []),
        ("https://example.org/ and more", []),
        ("ISO 22000", []),
        ("https://[broken", []),
    ],
)
def test_source_is_a_link_only_where_that_is_safe(client: Client, world: World, source: str, links: list[str]) -> None:
    draft = drafts.start(world.author, world.skill, [world.kneading()], reason="Why.", source=source)
    page = get(client, page_of(drafts.submit(draft, world.author)))
    assert [link["href"] for link in page.select(".source a")] == links
    assert all("nofollow" in link["rel"] for link in page.select(".source a"))
    assert source in words(page, ".source")[0]


def test_history_of_its_states_tells_who_when_and_why(client: Client, world: World) -> None:
    suggestion = world.suggested()
    deciding.decline(suggestion, world.reviewer, world.spam, message="Twice already.")
    page = get(client, page_of(suggestion))
    steps = words(page, ".steps li")
    assert [step.split(" · ")[0] for step in steps] == [
        f"draft →becomes open {world.author.username}",
        f"open →becomes declined {world.reviewer.username}",
    ]
    assert "Spam" in words(page, ".decision")[0]
    assert "Twice already." in words(page, ".decision")[0]
    assert words(page, ".title-row .pill") == ["declined"]


def test_what_a_reviewer_made_of_it_is_what_is_shown(client: Client, world: World) -> None:
    suggestion = world.suggested()
    row = suggestion.changes.get()
    edits = {row.pk: world.kneading("Kneads dough gently.")}
    deciding.accept(suggestion, world.reviewer, significance=MEDIUM, edits=edits)
    page = get(client, page_of(suggestion))
    assert words(page, ".reads-head .pill") == ["applied with changes"]
    assert words(page, "ins.added") == ["added: dough gently"]
    assert page.select(".impact, .vote-buttons") == []


def test_under_review_is_shown_while_a_reviewer_holds_it(client: Client, world: World) -> None:
    suggestion = deciding.claim(world.suggested(), world.reviewer)
    assert "under review" in words(get(client, page_of(suggestion)), ".pill")
    Suggestion.objects.update(claimed_until=timezone.now())
    assert "under review" not in words(get(client, page_of(suggestion)), ".pill")


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (State.DRAFT, {"edit/", "withdraw/"}),
        (State.OPEN, {"edit/", "withdraw/"}),
        (State.CHANGES_REQUESTED, {"edit/", "withdraw/"}),
        (State.DECLINED, {"second-reader/"}),
        (State.ACCEPTED, set()),
        (State.WITHDRAWN, set()),
    ],
)
def test_the_author_is_offered_what_the_state_allows(
    client: Client, world: World, state: State, offered: set[str]
) -> None:
    suggestion = suggestion_in(world, state)
    client.force_login(world.author)
    assert actions_on(get(client, page_of(suggestion)), suggestion) == offered
    if state != State.DRAFT:
        client.force_login(make_user())
        assert actions_on(get(client, page_of(suggestion)), suggestion) == set()


def test_a_declined_suggestion_is_not_called_outdated(client: Client, world: World) -> None:
    suggestion = suggestion_in(world, State.DECLINED)
    world.publish(world.cell(JUNIOR, "Kneads.", "Kneads slowly."))
    client.force_login(world.author)
    page = get(client, page_of(suggestion))
    assert (page.select(".outdated"), actions_on(page, suggestion)) == ([], {"second-reader/"})


def suggestion_in(world: World, state: State) -> Suggestion:
    if state == State.DRAFT:
        return drafts.start(world.author, world.skill, [world.kneading()], reason="Why.")
    suggestion = world.suggested()
    actions: dict[State, Callable[[], object]] = {
        State.CHANGES_REQUESTED: lambda: deciding.request_changes(suggestion, world.reviewer, "More."),
        State.DECLINED: lambda: deciding.decline(suggestion, world.reviewer, world.spam),
        State.ACCEPTED: lambda: deciding.accept(suggestion, world.reviewer, significance=MEDIUM),
        State.WITHDRAWN: lambda: drafts.withdraw(suggestion, world.author),
    }
    actions.get(state, lambda: None)()
    return Suggestion.objects.get(pk=suggestion.pk)


def actions_on(page: Tag, suggestion: Suggestion) -> set[str]:
    places = [link["href"] for link in page.select(".actions a")] + [
        form["action"] for form in page.select(".actions form")
    ]
    return {str(place).removeprefix(page_of(suggestion)) for place in places}


def test_withdrawing_takes_it_back_and_once_is_enough(client: Client, world: World) -> None:
    suggestion = world.suggested()
    client.force_login(world.author)
    assert post_action(client, suggestion, "withdraw") == 302
    assert Suggestion.objects.get().state == State.WITHDRAWN
    assert post_action(client, suggestion, "withdraw") == 409


def test_renewing_is_offered_when_todays_text_moved_and_keeps_the_words(client: Client, world: World) -> None:
    suggestion = world.suggested(world.cell(MIDDLE, "Bakes.", "Bakes rolls."))
    client.force_login(world.author)
    assert get(client, page_of(suggestion)).select(".outdated") == []
    world.publish(world.cell(MIDDLE, "Bakes.", "Bakes bread."))
    page = get(client, page_of(suggestion))
    assert words(page, ".three-texts dt") == ["Based on", "Today", "Proposed"]
    assert "renew/" in actions_on(page, suggestion)
    assert post_action(client, suggestion, "renew") == 302
    assert list_pending_changes(suggestion) == [world.cell(MIDDLE, "Bakes bread.", "Bakes rolls.")]
    assert "renew/" not in actions_on(get(client, page_of(suggestion)), suggestion)


def test_a_second_reader_is_asked_for_once_after_a_decline(client: Client, world: World) -> None:
    suggestion = suggestion_in(world, State.DECLINED)
    client.force_login(world.author)
    assert post_action(client, suggestion, "second-reader", message="x" * 3000) == 422
    assert post_action(client, suggestion, "second-reader", message="Please read the source.") == 302
    assert Suggestion.objects.get().state == State.OPEN
    assert Step.objects.latest("pk").message == "Please read the source."
    deciding.decline(suggestion, world.other_reviewer, world.spam)
    assert post_action(client, suggestion, "second-reader") == 403
    assert Suggestion.objects.get().state == State.DECLINED


@pytest.mark.parametrize("name", ["withdraw", "renew", "second-reader"])
def test_only_the_author_does_what_is_the_authors(client: Client, world: World, name: str) -> None:
    suggestion = world.suggested()
    assert post_action(client, suggestion, name) == (
        401 if name == "second-reader" else 302
    )  # 401 keeps what was typed, 302 goes to the sign-in page
    client.force_login(make_user())
    assert post_action(client, suggestion, name) == 403
    assert client.get(f"{page_of(suggestion)}{name}/").status_code == 405
    assert Suggestion.objects.get().state == State.OPEN


def test_a_draft_is_not_found_by_anybody_else(client: Client, world: World) -> None:
    draft = suggestion_in(world, State.DRAFT)
    for person in (None, world.reviewer):
        if person:
            client.force_login(person)
        get(client, page_of(draft), status=404)
        assert [link["href"] for link in get(client, "/en/suggestions/").select(".suggestion-line a")] == []
    for name in ("vote", "withdraw", "renew", "second-reader"):
        assert post_action(client, draft, name, value="1") == 404
    client.force_login(world.author)
    get(client, page_of(draft))


def test_voting_by_button_and_by_htmx_and_taking_it_back(client: Client, world: World) -> None:
    suggestion = world.suggested()
    client.force_login(make_user())
    assert post_action(client, suggestion, "vote", value="1") == 302
    response = client.post(f"{page_of(suggestion)}vote/", {"value": "-1"}, headers={"HX-Request": "true"})
    fragment = BeautifulSoup(response.content, "html.parser")
    assert (words(fragment, ".score"), fragment.select("html")) == (["−1"], [])
    assert fragment.select_one("#vote-down")["aria-pressed"] == "true"  # type: ignore[index]
    assert fragment.select_one("#vote-down")["value"] == "0"  # type: ignore[index]
    # What is to be read on a button begins its name, so that whoever dictates can call it.
    assert words(fragment, "button:not([aria-label])") == ["+1 – Vote for it", "−1 – Vote against it"]
    assert post_action(client, suggestion, "vote", value="0") == 302
    assert Vote.objects.count() == 0
    assert post_action(client, suggestion, "vote", value="7") == 400


def test_nobody_votes_for_their_own(client: Client, world: World) -> None:
    suggestion = world.suggested()
    client.force_login(world.author)
    assert get(client, page_of(suggestion)).select(".vote-buttons") == []
    assert post_action(client, suggestion, "vote", value="1") == 403
    assert Vote.objects.count() == 0
    alert = client.post(f"{page_of(suggestion)}vote/", {"value": "1"}, headers={"HX-Request": "true"})
    assert (alert.status_code, alert["HX-Retarget"]) == (403, "#alerts")
    assert "<html" not in alert.text


def test_who_votes_after_the_session_ended_signs_in_and_comes_back(client: Client, world: World) -> None:
    where = page_of(world.suggested())
    headers = {"HX-Request": "true", "HX-Current-URL": f"https://testserver{where}"}
    response = client.post(f"{where}vote/", {"value": "1"}, headers=headers)
    assert (response.status_code, response.content) == (401, b"")
    assert response["HX-Redirect"].endswith(f"?next={where}")
    assert client.post(f"{where}vote/", {"value": "1"}).status_code == 302
    assert Vote.objects.count() == 0


def test_list_of_a_skill_shows_open_ones_first_or_says_there_are_none(client: Client, world: World) -> None:
    address = f"/en/skills/{world.skill.slug}/suggestions/"
    assert words(get(client, address), ".empty-state .fw-semibold") == ["No suggestions yet for Baking."]
    declined = suggestion_in(world, State.DECLINED)
    suggestion_in(world, State.DRAFT)
    opened = world.suggested(world.cell(MIDDLE, "Bakes.", "Bakes rolls."))
    later = drafts.withdraw(world.suggested(world.kneading("Kneads slowly.")), world.author)
    links = [link["href"] for link in get(client, address).select(".suggestion-line .name a")]
    assert links == [page_of(opened), page_of(later), page_of(declined)]


def test_german_says_that_a_skill_has_no_suggestions_yet(client: Client, world: World) -> None:
    page = get(client, f"/de/skills/{world.skill.slug}/suggestions/")
    assert words(page, ".empty-state .fw-semibold") == ["Noch keine Vorschläge für Baking."]


def test_list_of_all_is_narrowed_by_state_framework_domain_and_role(client: Client, world: World) -> None:
    other = make_world()
    mine, theirs = world.suggested(), other.suggested()
    of_name = other.suggested(Change(Field.NAME, "Baking", "Bread"))
    drafts.withdraw(theirs, other.author)
    role = other.skill.framework.roles.get()
    expected = {
        "": [of_name, theirs, mine],
        "?state=open": [of_name, mine],
        "?state=draft": [of_name, theirs, mine],
        f"?framework={world.skill.framework.slug}": [mine],
        f"?domain={other.skill.group.domain.slug}": [of_name, theirs],
        f"?role={role.slug}": [theirs],
        f"?role={role.slug}&state=open": [],
        "?role=nobody&state=%00&sort=%F0%9F%92%A5": [of_name, theirs, mine],
    }
    for query, found in expected.items():
        links = [link["href"] for link in get(client, f"/en/suggestions/{query}").select(".suggestion-line .name a")]
        assert links == [page_of(suggestion) for suggestion in found], query


def test_list_is_sorted_by_votes_when_asked(client: Client, world: World) -> None:
    first, second = world.suggested(), world.suggested(world.cell(MIDDLE, "Bakes.", "Bakes rolls."))
    voting.vote(first, make_user(), 1)
    voting.vote(second, make_user(), -1)
    page = get(client, "/en/suggestions/?sort=votes")
    assert [link["href"] for link in page.select(".name a")] == [page_of(first), page_of(second)]
    assert words(page, ".suggestion-line > .score") == ["+1 Votes", "−1 Votes"]


def test_list_has_numbered_pages_and_swaps_its_results(client: Client, world: World) -> None:
    for number in range(21):
        world.suggested(world.kneading(f"Kneads {number}."))
    assert len(get(client, "/en/suggestions/?page=2&state=open").select(".suggestion-line")) == 1
    beyond = client.get("/en/suggestions/?page=3&state=open")
    assert (beyond.status_code, beyond["Location"]) == (302, "/en/suggestions/?page=2&state=open")
    response = client.get("/en/suggestions/?state=open&sort=", headers={"HX-Request": "true"})
    assert response["HX-Push-Url"] == "/en/suggestions/?state=open"
    fragment = BeautifulSoup(response.content, "html.parser")
    assert (fragment.select("html, form"), len(fragment.select(".suggestion-line"))) == ([], 20)
    assert [link["href"] for link in fragment.select(".page-link[href]")] == ["/en/suggestions/?state=open&page=2"]


def test_my_suggestions_are_grouped_by_state(client: Client, world: World) -> None:
    suggestion_in(world, State.DRAFT)
    suggestion_in(world, State.DECLINED)
    world.suggested(author=make_user())
    assert client.get("/en/me/suggestions/").status_code == 302
    client.force_login(world.author)
    page = get(client, "/en/me/suggestions/")
    assert words(page, "h2") == ["Draft", "Declined"]
    assert len(page.select(".suggestion-line")) == 2


def test_decision_links_to_the_revision_it_created(client: Client, world: World) -> None:
    suggestion = world.suggested()
    deciding.accept(suggestion, world.reviewer, significance=Significance.MEDIUM)
    page = get(client, page_of(suggestion))
    assert words(page, f"a[href='/en/skills/{world.skill.slug}/history/2/']") == ["Revision 2"]


def test_page_of_thirty_changes_costs_at_most_twenty_queries(
    client: Client, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    roles = [make_role(world.skill.framework) for _ in range(6)]
    places = [Place(role.key, level.slug) for role in roles for level in world.skill.framework.levels.all()]
    suggestion = world.suggested(*(world.cell(place, None, f"Does {place}.") for place in places))
    client.force_login(world.author)
    with django_assert_max_num_queries(20):
        assert len(get(client, page_of(suggestion)).select(".reads")) == 30


LISTS = ["/en/suggestions/", "/en/me/suggestions/", "skill", "one", "form"]


@pytest.mark.parametrize("name", LISTS)
def test_a_page_costs_the_same_queries_however_much_there_is(client: Client, world: World, name: str) -> None:
    suggestion = world.suggested()
    grow(world)
    client.force_login(world.author)
    slug = world.skill.slug
    address = {
        "skill": f"/en/skills/{slug}/suggestions/",
        "one": page_of(suggestion),
        "form": f"/en/skills/{slug}/suggestions/new/?role=baker&level=junior",
    }.get(name, name)
    few = queries_of(client, address)
    for _ in range(3):
        grow(world)
    many = queries_of(client, address)
    assert len(few) == len(many), "\n".join(many)
    assert len(many) <= 20


def grow(world: World) -> None:
    """Add one of everything that a list or page of suggestions shows."""
    number = Suggestion.objects.count()
    person = make_user()
    Watch.objects.create(user=person, skill=world.skill)
    make_role(world.skill.framework)
    for author in (world.author, person):
        other = world.suggested(world.kneading(f"Kneads {number} {author.pk}."), author=author)
        voting.vote(other, world.reviewer, 1)
    declined = world.suggested(world.kneading(f"Declined {number}."))
    deciding.decline(declined, world.reviewer, world.spam)
    first = Suggestion.objects.order_by("pk")[0]
    deciding.request_changes(first, world.reviewer, "More.")
    drafts.submit(first, world.author, confirmed=True)
    drafts.start(world.author, world.skill, [world.kneading(f"Draft {number}")], reason="Later.")


def queries_of(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        get(client, address)
    return [query["sql"] for query in queries]
