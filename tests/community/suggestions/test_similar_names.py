"""Names in suggestions: their form, those that are taken, and those that a reader cannot tell apart."""

import uuid
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client

from accounts.sign_in import traps
from community.drafting import drafts
from community.models import Comment, State, Suggestion
from community.review import deciding
from skills.content.changes import Change, Field
from skills.models import Significance, Skill
from tests.community.suggestions.world import World
from tests.factories import make_skill, make_user

pytestmark = pytest.mark.django_db
NEW = "/en/suggestions/new-skill/"


@pytest.fixture
def author(client: Client, world: World) -> Client:
    client.force_login(world.author)
    return client


def send(client: Client, world: World, name: str, **fields: Any) -> Any:
    """Submit the form of a new skill."""
    group = world.skill.group
    data = {
        "framework": world.skill.framework.slug,
        "key": str(uuid.uuid4()),
        "revision": "0",
        "name": name,
        "summary": "",
        "tag_line": "",
        "group": f"{group.domain.key}/{group.key}",
        "cell": ["baker/junior"],
        "description:baker/junior": "Lets dough rise.",
        "obligation:baker/junior": "mandatory",
        "reason": "Nobody bakes without it.",
        "source": "",
        "intent": "submit",
        "started": traps.sign_current_time(),
    }
    return client.post(NEW, data | fields)


def page_of(response: Any) -> Tag:
    return BeautifulSoup(response.content, "html.parser")


def questions(page: Tag) -> list[tuple[str, str]]:
    """Return the questions about a name, each with the address of its link."""
    found = [part for part in page.select(".check-ask li, .check-ask") if part.name == "li" or not part.select("li")]
    return [
        (" ".join(part.get_text().split()), str(link["href"])) for part in found if (link := part.select_one("a[href]"))
    ]


def rename(world: World, name: str) -> Suggestion:
    change = Change(Field.NAME, "Baking", name)
    draft = drafts.start(world.author, world.skill, [change], reason="Clearer.")
    return drafts.submit(draft, world.author, confirmed=True)


def test_the_name_of_a_new_skill_gets_its_normal_form(author: Client, world: World) -> None:
    assert send(author, world, " O\u0308l\u00a0\u2003wechsel ").status_code == 302
    suggestion = Suggestion.objects.get()
    assert suggestion.skill.name == "Öl wechsel"
    deciding.accept(suggestion, world.reviewer, significance=Significance.MEDIUM)
    published = Skill.objects.get(pk=suggestion.skill_id)
    assert (published.name, published.sort_key, published.slug) == ("Öl wechsel", "ol wechsel", "oel-wechsel")


@pytest.mark.parametrize(("name", "code"), [("Bak\u200bing", "U+200B"), ("\u3164", "U+3164"), ("a\u202eb", "U+202E")])
def test_a_name_with_a_hidden_character_is_refused_and_kept(author: Client, world: World, name: str, code: str) -> None:
    response = send(author, world, name)
    assert response.status_code == 422
    page = page_of(response)
    assert code in page.get_text()
    assert page.select_one("[name=name]")["value"] == name  # type: ignore[index]
    assert not Suggestion.objects.filter(state=State.OPEN).exists()


def test_a_name_that_differs_in_case_only_is_taken(author: Client, world: World) -> None:
    make_skill(world.skill.group, "Ölwechsel")
    response = send(author, world, "ÖLWECHSEL", confirmed="on")
    assert response.status_code == 422
    assert "There is a skill “Ölwechsel” in this group already" in page_of(response).get_text()


def test_a_new_skill_suggested_in_other_letters_is_suggested_already(author: Client, world: World) -> None:
    assert send(author, world, "Ölwechsel").status_code == 302
    author.force_login(make_user())
    response = send(author, world, "öLWECHSEL", confirmed="on")
    assert "An open suggestion proposes the same change" in page_of(response).get_text()
    assert Suggestion.objects.filter(state=State.OPEN).count() == 1


@pytest.mark.parametrize("name", ["Oelwechsel", "Öl-Wechsel", "Ölwe\u0441hsel"])
def test_author_and_reviewer_are_asked_about_a_name_that_looks_the_same(
    author: Client, world: World, name: str
) -> None:
    other = make_skill(world.skill.group, "Ölwechsel")
    asked = send(author, world, name)
    assert asked.status_code == 422
    [(question, url)] = questions(page_of(asked))
    assert "Is this the same as “Ölwechsel”?" in question
    assert url == f"/en/skills/{other.slug}/"
    # It is a question, no refusal.
    assert send(author, world, name, confirmed="on").status_code == 302
    suggestion = Suggestion.objects.get(state=State.OPEN)
    author.force_login(world.reviewer)
    page = page_of(author.get(f"/en/review/{suggestion.pk}/"))
    assert [url for _question, url in questions(page)] == [f"/en/skills/{other.slug}/"]
    deciding.accept(suggestion, world.reviewer, significance=Significance.MEDIUM)
    assert Skill.objects.current().filter(look_key=other.look_key).count() == 2


def test_it_is_asked_about_a_suggested_skill_too_and_about_a_new_name(author: Client, world: World) -> None:
    assert send(author, world, "Teigruhe").status_code == 302
    first = Suggestion.objects.get()
    suggestion = rename(world, "Teig-Ruhe")
    page = page_of(author.get(f"/en/suggestions/{suggestion.pk}/"))
    assert [url for _question, url in questions(page)] == [f"/en/suggestions/{first.pk}/"]
    # The first one is asked about nothing: the other name is no new skill's.
    assert questions(page_of(author.get(f"/en/suggestions/{first.pk}/"))) == []


def test_a_suggestion_of_another_framework_or_name_is_not_asked_about(author: Client, world: World) -> None:
    make_skill(world.skill.group, "C++")
    assert send(author, world, "C").status_code == 302


@pytest.mark.parametrize("reason", ["\u200b", "\u3164\u3164", "\u2800 \u00ad"])
def test_a_reason_that_displays_nothing_is_no_reason(author: Client, world: World, reason: str) -> None:
    response = send(author, world, "Proofing", reason=reason)
    assert response.status_code == 422
    assert not Suggestion.objects.filter(state=State.OPEN).exists()


@pytest.mark.parametrize("text", ["\u200b", "[](https://example.org)", "[note]: /x", "&#8203;", "```\n```"])
def test_a_requirement_that_displays_nothing_is_none(author: Client, world: World, text: str) -> None:
    response = send(author, world, "Proofing", **{"description:baker/junior": text})
    assert response.status_code == 422
    page = page_of(response)
    assert "A requirement needs a description." in page.get_text()
    assert text.split("\n", maxsplit=1)[0] in page.select_one("textarea[name='description:baker/junior']").get_text()  # type: ignore[union-attr]
    assert not Suggestion.objects.filter(state=State.OPEN).exists()


@pytest.mark.parametrize("body", ["\u200b", "\u3164", "[](https://example.org)", "[note]: /x", "&zwnj;"])
def test_a_comment_that_displays_nothing_is_not_posted(author: Client, world: World, body: str) -> None:
    address = f"/en/skills/{world.skill.slug}/comments/"
    sent = {"key": str(uuid.uuid4()), "started": traps.sign_current_time(), "body": body, "intent": "post"}
    response = author.post(address, sent)
    assert response.status_code == 422
    assert "Write something first." in page_of(response).get_text()
    assert body in page_of(response).select_one("textarea[name=body]").get_text()  # type: ignore[union-attr]
    assert not Comment.objects.exists()
