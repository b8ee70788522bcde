"""Writing a suggestion through its form, without JavaScript: nothing typed is lost, nothing wrong is kept."""

import uuid
from html import escape
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.sign_in import traps
from community.drafting import drafts
from community.models import CountedWrite, State, SuggestedChange, Suggestion, Vote
from community.review import deciding
from community.suggestions.changes import list_pending_changes
from skills import revisions
from skills.content.changes import Change, Field
from skills.content.matrix import Place
from skills.models import Obligation, Requirement, Revision, Significance, Skill
from tests.community.suggestions.world import JUNIOR, MIDDLE, SENIOR, World
from tests.factories import cell, make_framework, make_group, make_role, make_skill, make_user

HTMX = {"HX-Request": "true"}
TYPED = "Kneads <script>alert(1)</script> dough."


def parsed(response: Any) -> Tag:
    return BeautifulSoup(response.content, "html.parser")


def form_data(world: World, *cells: tuple[Place, str], **fields: str) -> dict[str, Any]:
    """Return what a browser sends: the cells with their texts, and everything else of the form."""
    data: dict[str, Any] = {
        "key": str(uuid.uuid4()),
        "revision": str(world.skill.revisions.latest("number").number),
        "skill": world.skill.slug,
        "cell": [f"{place.role}/{place.level}" for place, _text in cells],
        "reason": "Clearer.",
        "source": "",
        "started": traps.sign_current_time(),
    }
    for place, text in cells:
        data[f"description:{place.role}/{place.level}"] = text
        data[f"obligation:{place.role}/{place.level}"] = "mandatory"
    return data | fields


def address(world: World, query: str = "") -> str:
    return f"/en/skills/{world.skill.slug}/suggestions/new/{query}"


def post(client: Client, world: World, intent: str, data: dict[str, Any], **more: Any) -> Any:
    return client.post(address(world), data | {"intent": intent}, **more)


@pytest.fixture
def author(client: Client, world: World) -> Client:
    client.force_login(world.author)
    return client


def sent_again(page: Tag) -> dict[str, Any]:
    """Return what a browser would send if the form of a page were sent unchanged."""
    data: dict[str, Any] = {}
    for field in page.select("#suggestion-form input, #suggestion-form textarea, #suggestion-form select"):
        name, kind = field.get("name"), field.get("type")
        if not name or (kind in {"radio", "checkbox"} and not field.has_attr("checked")):
            continue
        if field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            value = str(chosen["value"]) if chosen else ""
        elif field.name == "textarea":
            value = field.get_text().removeprefix("\n")
        else:
            value = str(field.get("value", "on"))
        data.setdefault(str(name), []).append(value)
    return data


def test_form_begins_with_todays_text_of_the_chosen_cell(author: Client, world: World) -> None:
    page = parsed(author.get(address(world, "?role=baker&level=junior")))
    assert [area.get_text().strip() for area in page.select(".suggest-cell textarea")] == ["Kneads."]
    assert page.select_one(".today .text").get_text() == "Kneads."  # type: ignore[union-attr]
    assert [chip.get_text() for chip in page.select(".neighbours .level-chip")] == ["Middle"]


def test_whole_way_by_buttons_alone_keeps_checks_and_submits(author: Client, world: World) -> None:
    data = sent_again(parsed(author.get(address(world, "?role=baker&level=junior"))))
    data |= {"description:baker/junior": "Kneads by hand.", "reason": "Clearer.", "add_level": "senior"}
    added = author.post(address(world), data | {"intent": "add"})
    data = sent_again(parsed(added))
    assert data["cell"] == ["baker/junior", "baker/senior"]
    data |= {"description:baker/senior": "Teaches **apprentices**.", "obligation:baker/senior": "optional"}
    data |= {"confirmed": "on"}
    checked = parsed(author.post(address(world), data | {"intent": "check"}))
    assert Suggestion.objects.count() == 0
    marks = [mark.get_text() for mark in checked.select(".difference ins")]
    assert marks == ["added:  by hand", "added: Teaches **apprentices**."]
    assert checked.select_one(".preview strong").get_text() == "apprentices"  # type: ignore[union-attr]
    submitted = author.post(address(world), sent_again(checked) | {"intent": "submit"})
    suggestion = Suggestion.objects.get()
    assert submitted["Location"] == f"/en/suggestions/{suggestion.pk}/"
    assert (suggestion.state, suggestion.reason) == (State.OPEN, "Clearer.")
    assert {change.place for change in list_pending_changes(suggestion)} == {JUNIOR, SENIOR}


def test_taking_a_cell_out_keeps_the_others_as_typed(author: Client, world: World) -> None:
    data = form_data(world, (JUNIOR, "Kneads a."), (MIDDLE, "Bakes a."))
    response = author.post(address(world), data | {"take_out": "baker/junior"})
    again = sent_again(parsed(response))
    assert (again["cell"], again["description:baker/middle"]) == (["baker/middle"], ["Bakes a."])


def test_name_summary_tag_line_and_group_are_suggested_too(author: Client, world: World) -> None:
    other = make_group(world.skill.group.domain, "Stoves")
    path = f"{other.domain.key}/{other.key}"
    texts = {"name": "Bread", "summary": "All of it.", "tag_line": "oven, flour", "group": path}
    post(author, world, "submit", form_data(world, **texts))
    suggestion = Suggestion.objects.get()
    assert {change.field.value: change.proposed for change in list_pending_changes(suggestion)} == texts
    page = parsed(author.get(f"/en/suggestions/{suggestion.pk}/"))
    assert "Stoves" in page.select_one(".suggest-write").get_text()  # type: ignore[union-attr]
    deciding.accept(suggestion, world.reviewer, significance=Significance.MEDIUM)
    assert Skill.objects.get().name == "Bread"


def test_a_requirement_is_suggested_to_be_removed(author: Client, world: World) -> None:
    data = form_data(world, (MIDDLE, "Bakes.")) | {"remove:baker/middle": "on"}
    post(author, world, "submit", data)
    assert list_pending_changes(Suggestion.objects.get()) == [world.cell(MIDDLE, "Bakes.", None)]


def test_line_ends_of_a_browser_are_no_change(author: Client, world: World) -> None:
    world.publish(world.cell(JUNIOR, "Kneads.", "Kneads.\nRests."))
    response = post(author, world, "submit", form_data(world, (JUNIOR, "Kneads.\r\nRests.")))
    assert response.status_code == 422
    assert "Nothing is changed" in response.text


def test_what_was_not_touched_is_not_submitted(author: Client, world: World) -> None:
    post(author, world, "submit", form_data(world, (JUNIOR, "Kneads."), (MIDDLE, "Bakes rolls."), name="Baking"))
    assert list_pending_changes(Suggestion.objects.get()) == [world.cell(MIDDLE, "Bakes.", "Bakes rolls.")]


def test_submitting_without_a_reason_comes_back_with_everything_typed(author: Client, world: World) -> None:
    response = post(author, world, "submit", form_data(world, (JUNIOR, TYPED), reason="", source="My own practice"))
    assert response.status_code == 422
    again = sent_again(parsed(response))
    assert (again["description:baker/junior"], again["source"]) == ([TYPED], ["My own practice"])
    assert "Say why" in response.text
    assert Suggestion.objects.get().state == State.DRAFT  # kept all the same


def test_warnings_are_listed_and_one_box_submits_all_the_same(author: Client, world: World) -> None:
    data = form_data(world, (SENIOR, "Learns to bake."))
    response = post(author, world, "submit", data)
    assert response.status_code == 422
    assert [box["name"] for box in parsed(response).select(".check-ask input")] == ["confirmed"]
    assert Suggestion.objects.get().state == State.DRAFT
    assert post(author, world, "submit", data | {"confirmed": "on"}).status_code == 302
    assert Suggestion.objects.get().state == State.OPEN


def test_warnings_of_an_open_suggestion_are_confirmed_again(author: Client, world: World) -> None:
    suggestion = world.suggested()
    data = form_data(world, (JUNIOR, "Kneads by hand."), (SENIOR, "Learns to bake.")) | {"intent": "submit"}
    edit = f"/en/suggestions/{suggestion.pk}/edit/"
    assert author.post(edit, data).status_code == 422
    assert list_pending_changes(suggestion) == [world.kneading()]
    assert author.post(edit, data | {"confirmed": "on"}).status_code == 302
    assert len(list_pending_changes(suggestion)) == 2


def test_the_same_as_an_open_one_offers_to_vote_for_that(author: Client, world: World) -> None:
    other = world.suggested(author=make_user())
    response = post(author, world, "submit", form_data(world, (JUNIOR, "Kneads dough by hand.")))
    assert response.status_code == 422
    assert f"/en/suggestions/{other.pk}/" in [link["href"] for link in parsed(response).select("[role=alert] a")]
    assert author.post(f"/en/suggestions/{other.pk}/vote/", {"value": "1"}).status_code == 302
    assert Vote.objects.get().suggestion == other
    assert Suggestion.objects.filter(state=State.OPEN).count() == 1


def test_form_says_before_typing_which_open_suggestions_touch_the_cell(author: Client, world: World) -> None:
    other = world.suggested(author=make_user())
    page = parsed(author.get(address(world, "?role=baker&level=junior")))
    assert [link["href"] for link in page.select(".touching a:not(.author)")] == [f"/en/suggestions/{other.pk}/"]
    assert parsed(author.get(address(world, "?role=baker&level=middle"))).select(".touching") == []


def test_impact_counts_only_what_touches_what_is_changed(author: Client, world: World) -> None:
    world.suggested(Change(Field.SUMMARY, "", "All of it."), author=make_user())
    world.suggested(world.kneading(), author=make_user())
    page = parsed(post(author, world, "check", form_data(world, (MIDDLE, "Bakes rolls."), (JUNIOR, "Kneads."))))
    assert [figure.get_text() for figure in page.select(".impact dd")] == ["2", "1", "2", "0"]


def test_saving_keeps_a_draft_that_can_be_opened_again(author: Client, world: World) -> None:
    response = post(author, world, "save", form_data(world, (JUNIOR, ""), (SENIOR, ""), reason=""))
    suggestion = Suggestion.objects.get()
    assert response["Location"] == f"/en/suggestions/{suggestion.pk}/edit/"
    again = sent_again(parsed(author.get(response["Location"])))
    assert again["cell"] == ["baker/junior", "baker/senior"]
    assert "Draft without a reason" in author.get("/en/me/suggestions/").text
    assert "Draft without a reason" in author.get(address(world)).text


def test_drafts_are_listed_on_the_own_page(author: Client, world: World) -> None:
    post(author, world, "save", form_data(world, (JUNIOR, "Kneads dough."), reason="Begun on the train."))
    draft = Suggestion.objects.get()
    page = author.get("/en/me/").content.decode()
    assert "Begun on the train." in page
    assert f"/en/suggestions/{draft.pk}/edit/" in page
    drafts.submit(draft, world.author, confirmed=True)
    assert "Begun on the train." not in author.get("/en/me/").content.decode()


def test_form_saves_itself_and_says_when(author: Client, world: World) -> None:
    data = form_data(world, (JUNIOR, "Kneads a"))
    response = post(author, world, "autosave", data, headers=HTMX)
    suggestion = Suggestion.objects.get()
    assert response["HX-Replace-Url"] == f"/en/suggestions/{suggestion.pk}/edit/"
    new_page = author.get(response["HX-Replace-Url"])
    titles = [" ".join(parsed(answer).select("title")[0].text.split()) for answer in (response, new_page)]
    assert titles == [f"Suggest a change: {world.skill.name} · Stufenplan"] * 2
    assert "saved at" in response.text
    assert parsed(response).select("html, form") == []
    post(author, world, "autosave", data | {"description:baker/junior": "Kneads ab"}, headers=HTMX)
    assert list_pending_changes(Suggestion.objects.get()) == [world.cell(JUNIOR, "Kneads.", "Kneads ab")]


def test_an_untouched_form_does_not_save_itself(author: Client, world: World) -> None:
    post(author, world, "autosave", form_data(world, (JUNIOR, "Kneads."), reason=""), headers=HTMX)
    assert Suggestion.objects.count() == 0


def test_what_reviewers_read_does_not_save_itself(author: Client, world: World) -> None:
    suggestion = world.suggested()
    data = form_data(world, (JUNIOR, "half a")) | {"intent": "autosave"}
    author.post(f"/en/suggestions/{suggestion.pk}/edit/", data, headers=HTMX)
    assert list_pending_changes(suggestion) == [world.kneading()]


def test_preview_while_typing_is_a_fragment_that_writes_nothing(author: Client, world: World) -> None:
    response = post(author, world, "preview", form_data(world, (JUNIOR, TYPED)), headers=HTMX)
    page = parsed(response)
    assert (response.status_code, page.select("html, form, script"), Suggestion.objects.count()) == (200, [], 0)
    assert page.select_one(".difference ins")
    assert "26 of 8,000" not in response.text
    assert page.select_one("#count-1")["hx-swap-oob"] == "true"  # type: ignore[index]


def test_the_same_form_sent_twice_is_one_suggestion(author: Client, world: World) -> None:
    data = form_data(world, (JUNIOR, "Kneads by hand."))
    first, second = (post(author, world, "submit", data) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Suggestion.objects.count() == 1


def test_strangers_are_led_through_signing_in_and_back(client: Client, world: World) -> None:
    response = client.get(address(world, "?role=baker&level=junior"))
    assert response.status_code == 302
    assert response["Location"].endswith(f"?next={address(world, '%3Frole%3Dbaker%26level%3Djunior')}")


@pytest.mark.parametrize("path", ["new", "edit"])
def test_expired_session_keeps_the_form_and_writes_nothing(client: Client, world: World, path: str) -> None:
    suggestion = world.suggested()
    where = address(world) if path == "new" else f"/en/suggestions/{suggestion.pk}/edit/"
    data = form_data(world, (JUNIOR, TYPED)) | {"intent": "submit"}
    response = client.post(where, data)
    assert (response.status_code, sent_again(parsed(response))["description:baker/junior"]) == (401, [TYPED])
    assert [link["target"] for link in parsed(response).select("[role=alert] a")] == ["_blank"]
    fragment = client.post(where, data | {"intent": "autosave"}, headers=HTMX)
    assert (fragment.status_code, parsed(fragment).select("html, form")) == (401, [])
    assert "Sign in in a new tab" in fragment.text
    assert list_pending_changes(Suggestion.objects.get()) == [world.kneading()]


def test_an_expired_form_comes_back_with_a_fresh_token(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.author)
    data = form_data(world, (JUNIOR, TYPED)) | {"intent": "submit", "csrfmiddlewaretoken": "x" * 64}
    response = client.post(address(world), data)
    assert response.status_code == 403
    assert "was too old" in response.text
    assert Suggestion.objects.count() == 0
    again = sent_again(parsed(response))
    assert again["description:baker/junior"] == [TYPED]
    assert client.post(address(world), again | {"intent": "submit"}).status_code == 302


def test_too_many_open_ones_of_a_new_account_are_kept_as_drafts(author: Client, world: World) -> None:
    for number in range(5):
        CountedWrite.objects.all().delete()  # between them minutes pass
        assert post(author, world, "submit", form_data(world, (JUNIOR, f"Kneads {number}."))).status_code == 302
    CountedWrite.objects.all().delete()
    response = post(author, world, "submit", form_data(world, (JUNIOR, "Kneads once more.")))
    assert (response.status_code, int(response["Retry-After"]) > 0) == (429, True)
    draft = Suggestion.objects.get(state=State.DRAFT)
    assert f"/en/suggestions/{draft.pk}/edit/" in [link["href"] for link in parsed(response).select("main a")]
    assert list_pending_changes(draft) == [world.cell(JUNIOR, "Kneads.", "Kneads once more.")]


def test_a_claimed_suggestion_is_not_edited_and_nothing_typed_is_lost(author: Client, world: World) -> None:
    suggestion = deciding.claim(world.suggested(), world.reviewer)
    edit = f"/en/suggestions/{suggestion.pk}/edit/"
    assert author.get(edit).status_code == 403
    response = author.post(edit, form_data(world, (JUNIOR, TYPED)) | {"intent": "submit"})
    assert (response.status_code, sent_again(parsed(response))["description:baker/junior"]) == (403, [TYPED])
    assert list_pending_changes(suggestion) == [world.kneading()]


def test_a_decided_suggestion_is_too_late_and_names_who_decided(author: Client, world: World) -> None:
    suggestion = world.suggested()
    deciding.decline(suggestion, world.reviewer, world.spam)
    response = author.get(f"/en/suggestions/{suggestion.pk}/edit/")
    assert response.status_code == 409
    assert world.reviewer.get_full_name() in response.text
    sent = author.post(f"/en/suggestions/{suggestion.pk}/edit/", form_data(world, (JUNIOR, TYPED), intent="submit"))
    assert (sent.status_code, sent_again(parsed(sent))["description:baker/junior"]) == (409, [TYPED])


def test_changes_requested_are_answered_by_submitting_again(author: Client, world: World) -> None:
    suggestion = world.suggested()
    deciding.request_changes(suggestion, world.reviewer, "Say how long.")
    edit = f"/en/suggestions/{suggestion.pk}/edit/"
    data = sent_again(parsed(author.get(edit))) | {"description:baker/junior": "Kneads for ten minutes."}
    assert author.post(edit, data | {"intent": "submit"}).status_code == 302
    assert Suggestion.objects.get().state == State.OPEN


def test_the_form_keeps_the_base_of_a_draft_when_the_text_moves_on(author: Client, world: World) -> None:
    post(author, world, "save", form_data(world, (JUNIOR, "Kneads a.")))
    world.publish(world.cell(JUNIOR, "Kneads.", "Kneads slowly."))
    edit = f"/en/suggestions/{Suggestion.objects.get().pk}/edit/"
    page = parsed(author.get(edit))
    assert page.select_one(".difference del").get_text() == "removed: slowly"  # type: ignore[union-attr]
    author.post(edit, sent_again(page) | {"intent": "save"})
    assert list_pending_changes(Suggestion.objects.get()) == [world.cell(JUNIOR, "Kneads.", "Kneads a.")]


# Bad input: the right status and words, what was typed kept, nothing changed.


@pytest.mark.parametrize("number", ["99", "0", "-1", "first", "9" * 40, "\0"])
def test_a_base_that_never_existed_is_refused(author: Client, world: World, number: str) -> None:
    refuse(author, world, form_data(world, (JUNIOR, TYPED), revision=number), "was never here")


def test_a_role_of_another_framework_is_refused(author: Client, world: World) -> None:
    make_role(make_framework(), "Butcher")
    refuse(author, world, form_data(world, (Place("butcher", "junior"), TYPED)), "no such role or level")
    response = author.get(address(world, "?role=butcher&level=junior"))
    assert (response.status_code, "no such role or level" in response.text) == (422, True)
    assert "no such role or level in this framework: butcher." in response.text
    response = author.get(address(world, "?role=butcher&level=chief"))
    assert "no such role or level in this framework: butcher, chief." in response.text
    response = author.get(address(world, "?role=baker&level=%3Cb%3E%00" + "x" * 100))
    assert f"in this framework: &lt;b&gt;{'x' * 56}." in response.text
    added = post(author, world, "add", form_data(world, (JUNIOR, TYPED), add_role="butcher", add_level="junior"))
    assert (added.status_code, sent_again(parsed(added))["cell"]) == (422, ["baker/junior"])


def test_a_level_of_another_track_is_refused(author: Client) -> None:
    framework = make_framework(levels=("IC1", "IC2", "M1"), tracks={"IC1": "IC", "IC2": "IC", "M1": "M"})
    role = make_role(framework, "Engineer")
    group = make_group(framework.domains.create(key="d", slug="d", name="D"))
    skill = make_skill(group, "Coding", {(role, framework.levels.get(slug="ic1")): cell("Codes.")})
    data = {"key": str(uuid.uuid4()), "revision": "1", "cell": "engineer/m1", "description:engineer/m1": "Leads."}
    response = author.post(f"/en/skills/{skill.slug}/suggestions/new/", data | {"intent": "submit", "reason": "Why."})
    assert (response.status_code, "another track" in response.text) == (422, True)
    assert Suggestion.objects.count() == 0
    assert author.get(f"/en/skills/{skill.slug}/suggestions/new/?role=engineer&level=ic2").status_code == 200


def test_a_hundred_thousand_characters_are_refused(author: Client, world: World) -> None:
    long = "bread " * 17_000
    refuse(author, world, form_data(world, (JUNIOR, long)), "longer than 8000 characters")
    refuse(author, world, form_data(world, (JUNIOR, TYPED), reason=long), "too long")
    refuse(author, world, form_data(world, (JUNIOR, TYPED), source=long), "too long")
    refuse(author, world, form_data(world, (JUNIOR, TYPED), name=long), "longer than 200 characters")


def test_what_no_database_keeps_is_refused(author: Client, world: World) -> None:
    refuse(author, world, form_data(world, (JUNIOR, "Kneads\0.")), "cannot be saved")
    refuse(author, world, form_data(world, (JUNIOR, TYPED), reason="\0"), "cannot be saved")
    refuse(author, world, form_data(world, (Place("ba\0ker", "junior"), TYPED)), "no such role or level")


def test_an_unknown_obligation_or_group_is_refused(author: Client, world: World) -> None:
    data = form_data(world, (JUNIOR, TYPED)) | {"obligation:baker/junior": "perhaps"}
    refuse(author, world, data, "not known")
    refuse(author, world, form_data(world, (JUNIOR, TYPED), group="no/where"), "no such group")


def refuse(client: Client, world: World, data: dict[str, Any], words: str) -> None:
    """Expect 422, the words, everything typed in the form again, and nothing written, whatever the button."""
    for intent in ("save", "submit"):
        response = post(client, world, intent, data)
        assert (response.status_code, words in response.text) == (422, True)
        again = sent_again(parsed(response))
        assert [text.replace("\ufffd", "\0") for text in again["reason"]] == [data["reason"]]
        assert len(again["cell"]) == len(data["cell"])
        assert Suggestion.objects.count() == 0
    fragment = post(client, world, "autosave", data, headers=HTMX)
    assert (fragment.status_code, parsed(fragment).select("html")) == (422, [])
    assert Suggestion.objects.count() == SuggestedChange.objects.count() == 0


def test_html_and_scripts_in_every_field_are_shown_as_text(author: Client, world: World) -> None:
    evil = "<script>alert('x')</script><img src=x onerror=alert(1)>"
    texts = {"name": evil, "summary": evil, "tag_line": evil, "source": "javascript:alert(1)", "reason": evil}
    data = form_data(world, (JUNIOR, evil), **texts)
    checked = post(author, world, "check", data)
    submitted = author.get(post(author, world, "submit", data)["Location"])
    for response in (checked, submitted, author.get("/en/suggestions/"), author.get("/en/me/suggestions/")):
        page = parsed(response)
        assert page.select("main script, main img, main [onerror], main a[href^=javascript]") == []
        assert escape(evil)[:20] in response.text


def test_an_unknown_skill_is_not_found(author: Client, world: World) -> None:
    for path in ("/en/skills/nothing/suggestions/new/", "/en/skills/nothing/suggestions/"):
        assert author.get(path).status_code == 404
    assert author.post("/en/skills/nothing/suggestions/new/", form_data(world, (JUNIOR, TYPED))).status_code == 404


def test_a_renamed_skill_takes_what_was_sent_to_its_old_address(author: Client, world: World) -> None:
    old = address(world)
    world.publish(Change(Field.NAME, "Baking", "Bread"))
    assert author.get(old).status_code == 301
    data = form_data(world, (JUNIOR, "Kneads by hand.")) | {"intent": "submit"}
    assert author.post(old, data).status_code == 302
    assert Suggestion.objects.get().skill == world.skill


def test_a_foreign_drafts_id_and_key_are_not_found(client: Client, world: World) -> None:
    draft = drafts.start(world.author, world.skill, [world.kneading()])
    client.force_login(make_user())
    data = form_data(world, (JUNIOR, TYPED)) | {"intent": "submit"}
    assert client.get(f"/en/suggestions/{draft.pk}/").status_code == 404
    assert client.get(f"/en/suggestions/{draft.pk}/edit/").status_code == 404
    assert client.post(f"/en/suggestions/{draft.pk}/edit/", data).status_code == 404
    assert post(client, world, "submit", data | {"key": str(draft.key)}).status_code == 404
    assert list_pending_changes(Suggestion.objects.get()) == [world.kneading()]


def test_form_of_thirty_cells_costs_as_many_queries_as_one(
    author: Client, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    roles = [make_role(world.skill.framework) for _ in range(6)]
    places = [Place(role.key, level.slug) for role in roles for level in world.skill.framework.levels.all()]
    few = form_data(world, (places[0], "Does it."))
    many = form_data(world, *((place, f"Does {number}.") for number, place in enumerate(places)))
    for data in (few, many):
        with django_assert_max_num_queries(23):
            assert post(author, world, "check", data).status_code == 200


def test_form_names_the_licence_beside_the_button(author: Client, world: World) -> None:
    page = parsed(author.get(address(world)))
    assert "CC BY 4.0" in page.select_one(".suggest-buttons + p").get_text()  # type: ignore[union-attr]


def test_published_text_never_changes_by_a_form_alone(author: Client, world: World) -> None:
    post(author, world, "submit", form_data(world, (JUNIOR, "Kneads by hand.")))
    assert list(Requirement.objects.order_by("pk").values_list("description", flat=True)) == ["Kneads.", "Bakes."]
    assert Revision.objects.count() == 1
    assert revisions.get_content(world.skill).matrix.count(Obligation.MANDATORY) == 2
