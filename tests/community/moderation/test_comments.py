"""Comments before moderators: limits of new accounts, held ones, reported ones that their author deletes."""

import uuid
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from accounts.models import User
from accounts.sign_in import traps
from community.discussion import comments
from community.discussion.comments import Subject
from community.models import Act, Comment, CommentVersion, Report, WatchedWord
from tests.community.moderation.test_reports import browser_of, decide, get_notified_actions, make_moderator, report
from tests.community.suggestions.world import World
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LINKS = "See https://a.example, http://b.example and www.c.example."


def send(person: User, world: World, body: str, **fields: str) -> Any:
    sent = {"key": str(uuid.uuid4()), "started": traps.sign_current_time(), "body": body, "intent": "post"}
    return browser_of(person).post(f"/en/skills/{world.skill.slug}/comments/", sent | fields)


def said(world: World, author: User, body: str = "Kneads?", **options: Any) -> Comment:
    return comments.post(author, Subject(world.skill), body, key=uuid.uuid4(), **options)


def test_a_new_account_says_four_things_a_minute_and_loses_no_word(world: World) -> None:
    statuses = [send(world.author, world, f"Number {number}.").status_code for number in range(5)]
    assert statuses == [302, 302, 302, 302, 429]
    answer = send(world.author, world, "What took me an hour to write.")
    assert (answer.status_code, 0 < int(answer["Retry-After"]) <= 60) == (429, True)
    assert "What took me an hour to write." in answer.text
    assert Comment.objects.count() == 4


def test_reviewers_say_as_much_as_they_like(world: World) -> None:
    assert {send(world.reviewer, world, f"Number {number}.").status_code for number in range(6)} == {302}


@pytest.mark.parametrize(
    ("body", "is_held"),
    [(LINKS, True), ("See https://a.example and http://b.example.", False), ("Cheap CASINO here", True)],
)
def test_many_links_and_watched_words_are_held(world: World, body: str, is_held: bool) -> None:
    WatchedWord.objects.create(text="casino")
    assert send(world.author, world, body).status_code == 302
    comment = Comment.objects.get()
    assert (comment.held_at is not None) == is_held
    page = f"/en/skills/{world.skill.slug}/comments/"
    assert (
        body in BeautifulSoup(Client().get(page).text, "html.parser").text,
        "held for review" in browser_of(world.author).get(page).text,
    ) == (
        not is_held,
        is_held,
    )
    assert (
        Act.objects.filter(kind="held", actor_id=None, target_kind="comment", target_id=comment.pk).count() == is_held
    )


def test_people_are_notified_only_once_it_is_released(world: World) -> None:
    anna = make_user("anna")
    comment = said(world, world.author, f"@anna {LINKS}")
    assert get_notified_actions(anna) == []
    assert decide(browser_of(make_moderator()), "comment", comment.pk, "release").status_code == 302
    assert (get_notified_actions(anna), get_notified_actions(world.author)) == ([""], ["released"])
    assert browser_of(anna).get(f"/en/comments/{comment.pk}/").status_code == 302


def test_links_cannot_be_put_in_afterwards(world: World) -> None:
    comment, client = said(world, world.author), browser_of(world.author)
    answer = client.post(f"/en/comments/{comment.pk}/edit/", {"body": LINKS})
    assert (answer.status_code, LINKS in answer.text, "as a new comment" in answer.text) == (422, True, True)
    comment.refresh_from_db()
    assert comment.body == "Kneads?"


@pytest.mark.parametrize("trap", [{"website": "https://spam.example"}, {"started": ""}])
def test_the_first_comment_of_a_program_is_not_kept(world: World, trap: dict[str, str]) -> None:
    answer = send(world.author, world, "Buy my watches.", **trap)
    assert (answer.status_code, "Buy my watches." in answer.text, Comment.objects.count()) == (422, True, 0)
    said(world, world.author)
    assert send(world.author, world, "Buy my watches.", **trap).status_code == 302  # only the first is asked


def test_deleting_what_is_reported_leaves_its_words_to_moderators_until_they_decide(world: World) -> None:
    comment, reporter, moderator = said(world, world.author, "Insults."), make_user(), browser_of(make_moderator())
    report(browser_of(reporter), "comment", comment.pk, "abuse")
    assert browser_of(world.author).post(f"/en/comments/{comment.pk}/delete/").status_code == 302
    page = Client().get(f"/en/skills/{world.skill.slug}/comments/").text
    assert ("Insults." in page, "This comment was deleted." in page) == (False, True)
    assert "Insults." in moderator.get("/en/moderation/").text
    assert decide(moderator, "comment", comment.pk, "agreed").status_code == 302
    assert (get_notified_actions(reporter), CommentVersion.objects.exists()) == (["report_agreed"], False)
    assert Report.objects.get().comment == comment


def test_nothing_is_said_about_a_suggestion_that_is_hidden(world: World) -> None:
    suggestion = world.suggested()
    address = f"/en/suggestions/{suggestion.pk}/comments/"
    comment = comments.post(world.reviewer, Subject(world.skill, suggestion), "Why?", key=uuid.uuid4())
    decide(browser_of(make_moderator()), "suggestion", suggestion.pk, "hide")
    sent = {"key": str(uuid.uuid4()), "started": traps.sign_current_time(), "body": "Because.", "intent": "post"}
    other = browser_of(make_user())
    assert [other.get(address).status_code, other.post(address, sent).status_code] == [404, 404]
    assert other.get(f"/en/comments/{comment.pk}/").status_code == 404
    author = browser_of(world.author)
    assert [author.get(address).status_code, author.post(address, sent).status_code] == [200, 403]
    assert Comment.objects.get() == comment


def test_moderators_hide_what_nobody_reported_from_its_own_page(world: World) -> None:
    comment, moderator = said(world, world.author), browser_of(make_moderator())
    page = f"/en/moderation/comment/{comment.pk}/"
    assert page in moderator.get(f"/en/skills/{world.skill.slug}/comments/").text
    assert "Kneads?" in moderator.get(page).text
    assert decide(moderator, "comment", comment.pk, "hide", " ").status_code == 422
    assert Comment.objects.get().hidden_at is None
    assert decide(moderator, "comment", comment.pk, "hide", "Off the subject.").status_code == 302
    assert Comment.objects.get().hidden_at is not None
    assert Act.objects.get(kind="hidden").reason == "Off the subject."
    assert page in moderator.get(f"/en/skills/{world.skill.slug}/comments/").text  # to show it again


def test_what_is_hidden_is_held_on_when_it_is_shown_again(world: World) -> None:
    anna, moderator = make_user("anna"), browser_of(make_moderator())
    comment = said(world, world.author, f"@anna {LINKS}")
    assert decide(moderator, "comment", comment.pk, "hide").status_code == 302
    assert decide(moderator, "comment", comment.pk, "release").status_code == 409
    assert get_notified_actions(anna) == []
    assert decide(moderator, "comment", comment.pk, "restore").status_code == 302
    assert Client().get(f"/en/comments/{comment.pk}/").status_code == 404
    assert decide(moderator, "comment", comment.pk, "release").status_code == 302
    assert get_notified_actions(anna) == [""]
