"""Two tabs with one comment, and one form that is sent with two texts: no text is lost and none is replaced unseen."""

from functools import partial

import pytest
from django.test import Client

from community.discussion import comments
from community.models import Comment, CommentVersion
from community.posting.refusals import ChangedElsewhere
from skills.web.displayed import build_digest
from tests.community.discussion.test_comments import say
from tests.community.suggestions.world import World
from tests.races import at_once, kinds, on_postgresql
from tests.tabs import read_fields

pytestmark = pytest.mark.django_db
WRITE = "form#write"


@pytest.fixture
def browser(world: World) -> Client:
    client = Client()
    client.force_login(world.author)
    return client


def test_an_edit_in_another_tab_is_shown_before_it_is_replaced(browser: Client, world: World) -> None:
    said = say(world, world.author, "First.")
    page = f"/en/comments/{said.pk}/edit/"
    older, newer = read_fields(browser.get(page)), read_fields(browser.get(page))
    assert browser.post(page, newer | {"body": "Newer."}).status_code == 302
    response = browser.post(page, older | {"body": "Typed for long."})
    assert response.status_code == 409
    assert "Newer." in response.text
    said.refresh_from_db()
    assert said.body == "Newer."
    again = read_fields(response)
    assert again["body"] == "Typed for long."
    assert browser.post(page, again).status_code == 302
    assert list(Comment.objects.values_list("body", flat=True)) == ["Typed for long."]
    assert list(CommentVersion.objects.order_by("pk").values_list("body", flat=True)) == ["First.", "Newer."]


def test_the_same_edit_sent_twice_is_no_conflict(browser: Client, world: World) -> None:
    said = say(world, world.author, "First.")
    page = f"/en/comments/{said.pk}/edit/"
    form = read_fields(browser.get(page)) | {"body": "Second."}
    assert [browser.post(page, form).status_code for _ in range(2)] == [302, 302]
    assert CommentVersion.objects.count() == 1


def test_the_text_that_a_form_posted_before_is_cut_between_characters(browser: Client, world: World) -> None:
    page, body = f"/en/skills/{world.skill.slug}/comments/", "x" * 98 + "\U0001f1e9\U0001f1ea" * 3
    form = read_fields(browser.get(page), WRITE) | {"intent": "post"}
    browser.post(page, form | {"body": body})
    response = browser.post(page, form | {"body": "Another text."})
    assert f"“{body[:100]}…”" in response.text


@pytest.mark.parametrize("is_htmx", [False, True])
def test_a_form_that_posted_before_keeps_another_text_and_posts_it_when_pressed_again(
    browser: Client, world: World, *, is_htmx: bool
) -> None:
    page = f"/en/skills/{world.skill.slug}/comments/"
    headers = {"HX-Request": "true"} if is_htmx else {}
    form = read_fields(browser.get(page), WRITE) | {"intent": "post"}
    browser.post(page, form | {"body": "First."}, headers=headers)
    response = browser.post(page, form | {"body": "Another text."}, headers=headers)
    assert response.status_code == 409
    assert "This form has posted a comment already: “First.”" in response.text
    assert [comment.body for comment in Comment.objects.all()] == ["First."]
    again = read_fields(response, WRITE)
    assert again["body"] == "Another text."
    assert browser.post(page, again | {"intent": "post"}, headers=headers).status_code in {200, 302}
    assert [comment.body for comment in Comment.objects.order_by("pk")] == ["First.", "Another text."]


def test_a_form_sent_twice_counts_once_even_if_the_comment_was_edited_between(browser: Client, world: World) -> None:
    page = f"/en/skills/{world.skill.slug}/comments/"
    form = read_fields(browser.get(page), WRITE) | {"intent": "post", "body": "First."}
    browser.post(page, form)
    comments.edit(Comment.objects.get(), world.author, "Second.")
    assert browser.post(page, form).status_code == 302
    assert [comment.body for comment in Comment.objects.all()] == ["Second."]


@on_postgresql
@pytest.mark.parametrize("time", range(5))
def test_of_two_edits_at_the_same_moment_one_is_saved_and_the_other_reported(world: World, time: int) -> None:
    said = say(world, world.author, "First.")
    edits = [partial(comments.edit, said, world.author, body, build_digest("First.")) for body in ("A.", "B.")]
    outcomes = at_once(*edits)
    assert kinds(outcomes) == ["ChangedElsewhere", "Comment"]
    [refusal] = [outcome for outcome in outcomes if isinstance(outcome, ChangedElsewhere)]
    said.refresh_from_db()
    assert refusal.stored == said.body
