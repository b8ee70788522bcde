"""Comments through their pages: who may say what where, and what the database holds afterwards."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.privacy.erasure import delete_account
from accounts.sign_in import traps
from community.discussion import comments
from community.discussion.comments import Subject
from community.events import fanout
from community.models import Comment, CommentVersion, Event, Helpful, Kind, Notification, Suggestion, ThreadMute, Watch
from community.models.discussion import BODY_MAX_LENGTH
from skills.models import CatalogueVersion
from tests.community.suggestions.world import World, make_reviewer
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/community/comment/"
SAID = "I would say *kneads* is too narrow."


@pytest.fixture
def address(world: World) -> str:
    return f"/en/skills/{world.skill.slug}/comments/"


def say(world: World, author: User, body: str = SAID, **options: Any) -> Comment:
    subject = options.pop("subject", None) or Subject(world.skill)
    return comments.post(author, subject, body, key=uuid.uuid4(), **options)


def send(client: Client, address: str, body: str = SAID, **fields: Any) -> Any:
    sent = {"key": str(uuid.uuid4()), "started": traps.sign_current_time(), "body": body, "intent": "post"}
    return client.post(address, sent | fields)


def texts(client: Client, address: str) -> list[str]:
    page = BeautifulSoup(client.get(address).content, "html.parser")
    return [" ".join(article.select_one(".text, p.mb-0").get_text().split()) for article in page.select(".comment")]  # type: ignore[union-attr]


def test_a_member_posts_a_comment_and_is_redirected_to_it(client: Client, world: World, address: str) -> None:
    client.force_login(world.author)
    response = send(client, address)
    said = Comment.objects.get()
    assert (said.body, said.author, said.skill, said.suggestion, said.role) == (
        SAID,
        world.author,
        world.skill,
        None,
        "",
    )
    assert response["Location"] == f"{address}#comment-{said.pk}"
    assert texts(Client(), address) == ["I would say kneads is too narrow."]


def test_visitors_read_and_are_sent_to_sign_in_with_their_text(client: Client, world: World, address: str) -> None:
    say(world, world.author)
    assert "Sign in to comment" in client.get(address).content.decode()
    answer = send(client, address, "Not signed in.")
    assert answer.status_code == 401
    assert "Not signed in." in answer.content.decode()
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("body", ["", "   ", "x" * (BODY_MAX_LENGTH + 1), "a\0b"])
def test_what_cannot_be_kept_comes_back_as_typed(client: Client, world: World, address: str, body: str) -> None:
    client.force_login(world.author)
    answer = send(client, address, body)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Comment.objects.exists()


def test_the_same_form_twice_says_it_once(client: Client, world: World, address: str) -> None:
    client.force_login(world.author)
    data = {"key": str(uuid.uuid4()), "body": SAID, "intent": "post", "started": traps.sign_current_time()}
    assert [client.post(address, data).status_code for _ in range(2)] == [302, 302]
    assert Comment.objects.count() == 1
    client.force_login(make_user())
    assert client.post(address, data).status_code == 403


def test_answers_are_below_what_they_answer_one_level_deep(client: Client, world: World, address: str) -> None:
    first, second = say(world, world.author, "First."), say(world, world.reviewer, "Second.")
    client.force_login(world.reviewer)
    send(client, address, "To the first.", parent=first.pk)
    answer = Comment.objects.get(parent=first)
    send(client, address, "To the answer.", parent=answer.pk)
    assert set(Comment.objects.filter(parent__isnull=False).values_list("parent", flat=True)) == {first.pk}
    assert texts(client, address) == ["First.", "To the first.", "To the answer.", "Second."]
    assert texts(client, f"{address}?sort=newest") == ["Second.", "First.", "To the first.", "To the answer."]
    assert second.parent is None


def test_a_comment_may_be_tied_to_one_cell_which_shows_how_many(client: Client, world: World, address: str) -> None:
    client.force_login(world.author)
    send(client, address, "On juniors.", role="baker", level="junior")
    say(world, world.author, "On all.")
    assert (Comment.objects.earliest("pk").role, Comment.objects.earliest("pk").level) == ("baker", "junior")
    assert texts(client, f"{address}?role=baker&level=junior") == ["On juniors."]
    profile = client.get(f"/en/skills/{world.skill.slug}/").content.decode()
    assert "Baker · Junior (1)" in profile
    say(world, world.reviewer, "Me too.", parent=Comment.objects.earliest("pk"))
    assert "Baker · Junior (2)" in client.get(f"/en/skills/{world.skill.slug}/").content.decode()
    assert client.get(f"{address}?role=baker&level=nowhere").status_code == 404


def test_a_suggestion_is_talked_about_on_its_own(client: Client, world: World, address: str) -> None:
    suggestion = world.suggested()
    client.force_login(world.reviewer)
    send(client, f"/en/suggestions/{suggestion.pk}/comments/", "Why by hand?")
    assert Comment.objects.get().suggestion == suggestion
    assert texts(client, f"/en/suggestions/{suggestion.pk}/comments/") == ["Why by hand?"]
    assert texts(client, address) == []


def test_a_draft_is_talked_about_by_nobody(client: Client, world: World) -> None:
    Suggestion.objects.create(skill=world.skill, author=world.author)
    client.force_login(world.author)
    assert send(client, f"/en/suggestions/{Suggestion.objects.get().pk}/comments/").status_code == 404
    assert not Comment.objects.exists()


def test_editing_keeps_what_it_said_before_and_says_so(client: Client, world: World, address: str) -> None:
    said = say(world, world.author)
    client.force_login(world.author)
    assert client.post(f"/en/comments/{said.pk}/edit/", {"body": "Otherwise."}).status_code == 302
    assert CommentVersion.objects.get().body == SAID
    assert "edited" in client.get(address).content.decode()
    assert client.post(f"/en/comments/{said.pk}/edit/", {"body": " "}).status_code == 422
    Comment.objects.update(created_at=timezone.now() - timedelta(hours=25))
    answer = client.post(f"/en/comments/{said.pk}/edit/", {"body": "Too late."})
    assert answer.status_code == 403
    assert Comment.objects.get().body == "Otherwise."


def test_deleting_leaves_a_tombstone_if_there_is_an_answer(client: Client, world: World, address: str) -> None:
    answered, alone = say(world, world.author, "Answered."), say(world, world.author, "Alone.")
    say(world, world.reviewer, "An answer.", parent=answered)
    client.force_login(world.author)
    for said in (answered, alone):
        assert client.get(f"/en/comments/{said.pk}/delete/").status_code == 200
        assert client.post(f"/en/comments/{said.pk}/delete/").status_code == 302
    assert texts(client, address) == ["This comment was deleted.", "An answer."]
    assert Comment.objects.filter(body="Answered.").count() == 0
    assert not Comment.objects.filter(pk=alone.pk).exists()


@pytest.mark.parametrize("action", ["edit", "delete"])
def test_what_others_said_is_not_found_to_edit_or_delete(client: Client, world: World, action: str) -> None:
    said = say(world, world.author)
    client.force_login(world.reviewer)
    assert client.post(f"/en/comments/{said.pk}/{action}/", {"body": "Mine now."}).status_code == 404
    assert Comment.objects.get().body == SAID


def test_helpful_is_said_once_a_person_and_never_of_ones_own(client: Client, world: World) -> None:
    said = say(world, world.author)
    client.force_login(world.reviewer)
    for _ in range(2):
        client.post(f"/en/comments/{said.pk}/helpful/", {"value": "1"})
    assert Helpful.objects.get().user == world.reviewer
    client.post(f"/en/comments/{said.pk}/helpful/", {"value": "0"})
    assert not Helpful.objects.exists()
    client.force_login(world.author)
    assert client.post(f"/en/comments/{said.pk}/helpful/", {"value": "1"}).status_code == 403
    assert client.post(f"/en/comments/{said.pk}/helpful/", {"value": "9"}).status_code == 400


def test_a_thread_is_resolved_by_its_writer_or_a_reviewer_and_folds(client: Client, world: World, address: str) -> None:
    said = say(world, world.author)
    for person, status in ((make_user(), 403), (world.reviewer, 302)):
        client.force_login(person)
        assert client.post(f"/en/comments/{said.pk}/resolve/", {"value": "1"}).status_code == status
    said.refresh_from_db()
    assert said.resolved_by == world.reviewer
    assert BeautifulSoup(client.get(address).content, "html.parser").select("details.thread.is-resolved")
    client.force_login(world.author)
    client.post(f"/en/comments/{said.pk}/resolve/", {"value": "0"})
    assert Comment.objects.get().resolved_at is None


@pytest.mark.parametrize("button", ["resolve", "mute", "helpful"])
@pytest.mark.parametrize("value", ["9", "yes", "\0"])
def test_a_switch_knows_on_and_off_alone(client: Client, world: World, button: str, value: str) -> None:
    said = say(world, world.author)
    client.force_login(world.reviewer)
    assert client.post(f"/en/comments/{said.pk}/{button}/", {"value": value}).status_code == 400
    assert not ThreadMute.objects.exists()
    assert not Helpful.objects.exists()
    assert Comment.objects.get().resolved_at is None


def test_a_comment_becomes_a_suggestion_with_its_text_as_the_reason(client: Client, world: World) -> None:
    said = say(world, world.reviewer)
    client.force_login(world.author)
    form = client.get(f"/en/skills/{world.skill.slug}/suggestions/new/?comment={said.pk}").content.decode()
    assert SAID in form
    assert f"/en/comments/{said.pk}/" in form
    hidden = say(world, world.reviewer, "Hidden words.")
    Comment.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now())
    form = client.get(f"/en/skills/{world.skill.slug}/suggestions/new/?comment={hidden.pk}").content.decode()
    assert "Hidden words." not in form


def test_a_link_to_a_comment_opens_the_right_page(client: Client, world: World, address: str) -> None:
    said = [say(world, world.reviewer, f"Number {number}.") for number in range(65)]
    late = say(world, world.reviewer, "A late answer to an early one.", parent=said[0])
    assert client.get(f"/en/comments/{said[64].pk}/")["Location"] == f"{address}?page=3#comment-{said[64].pk}"
    assert client.get(f"/en/comments/{late.pk}/")["Location"] == f"{address}#comment-{late.pk}"
    assert "Number 64." in texts(client, f"{address}?page=3")
    assert client.get(f"{address}?page=9&sort=newest")["Location"] == f"{address}?page=3&sort=newest"


def test_hidden_and_held_comments_are_there_for_their_author_and_moderators(
    client: Client, world: World, address: str
) -> None:
    hidden, held = say(world, world.author, "Hidden."), say(world, world.author, "Held.")
    Comment.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now())
    Comment.objects.filter(pk=held.pk).update(held_at=timezone.now())
    tombstone = "This comment was hidden by moderators."
    assert texts(client, address) == [tombstone]
    assert client.get(f"/en/comments/{held.pk}/").status_code == 404
    client.force_login(world.reviewer)
    assert texts(client, address) == [tombstone]
    for person in (world.author, make_user(is_superuser=True)):
        client.force_login(person)
        assert texts(client, address) == ["Hidden.", "Held."]


def test_quoting_begins_an_answer_with_the_words(client: Client, world: World, address: str) -> None:
    said = say(world, world.author, "One line.\nAnother.")
    client.force_login(world.reviewer)
    page = BeautifulSoup(client.get(f"{address}?answer={said.pk}&quote=1").content, "html.parser")
    assert page.select_one("#body").get_text().strip() == "> One line.\n> Another."  # type: ignore[union-attr]
    assert client.get(f"{address}?answer=999999").status_code == 404
    assert client.get(f"{address}?answer=%00").status_code == 404


def test_preview_shows_it_as_it_will_be_and_writes_nothing(client: Client, world: World, address: str) -> None:
    client.force_login(world.author)
    part = client.post(address, {"body": "*so*", "intent": "preview"}, headers={"HX-Request": "true"}).content.decode()
    assert "<em>so</em>" in part
    assert "<html" not in part
    page = client.post(address, {"body": "*so*", "intent": "preview"}).content.decode()
    assert "<em>so</em>" in page
    assert "*so*" in page
    assert not Comment.objects.exists()


def test_a_dense_text_is_shown_as_lists_tables_and_emphasis(client: Client, world: World, address: str) -> None:
    body = "# Plan\n\n|a|b|\n|-|-|\n" + "|*x*|`y`|\n" * 450 + "\n" + "- **z**\u2028" * 500
    assert len(body) > 8000
    say(world, world.author, body)
    page = BeautifulSoup(client.get(address).content, "html.parser")
    counts = [len(page.select(f".comment .text {tag}")) for tag in ("h3", "tbody tr", "td em", "td code", "li strong")]
    assert counts == [1, 450, 450, 450, 500]
    assert "**" not in page.select_one(".comment .text").get_text()  # type: ignore[union-attr]


def test_mentions_link_to_public_profiles_only(client: Client, world: World, address: str) -> None:
    open_person, closed_person = make_user("vera"), make_user("viktor")
    User.objects.filter(pk=closed_person.pk).update(is_public=False)
    say(world, world.author, "Ask @vera, @viktor or mail@vera and `@vera`.")
    links = [
        str(a["href"]) for a in BeautifulSoup(client.get(address).content, "html.parser").select(".comment .text a")
    ]
    assert links == [f"/en/people/{open_person.username}/"]
    client.force_login(world.author)
    offered = client.get("/en/comments/people/?q=v").content.decode()
    assert "@vera" in offered
    assert "@viktor" not in offered


def get_notified_kinds(person: User) -> list[str]:
    fanout.notify_of_unfinished_events()
    return list(Notification.objects.filter(user=person).order_by("pk").values_list("kind", flat=True))


def test_watchers_the_answered_and_the_mentioned_are_notified_once_each(world: World) -> None:
    watcher, mentioned = make_user("wanda"), make_user("mona")
    for person in (watcher, mentioned):
        Watch.objects.create(user=person, skill=world.skill, level=Watch.Level.WATCH)
    first = say(world, world.author, "First.")
    assert (get_notified_kinds(watcher), get_notified_kinds(world.author)) == ([Kind.COMMENT], [])
    Notification.objects.all().delete()
    say(world, world.reviewer, "I agree, and @mona too.", parent=first)
    assert get_notified_kinds(watcher) == [Kind.COMMENT]
    assert get_notified_kinds(mentioned) == [Kind.MENTION]
    assert get_notified_kinds(world.author) == [Kind.REPLY]
    assert get_notified_kinds(world.reviewer) == []


def test_the_author_of_a_suggestion_hears_what_is_said_of_it(world: World) -> None:
    suggestion = world.suggested()
    say(world, world.reviewer, subject=Subject(world.skill, suggestion))
    assert get_notified_kinds(world.author) == [Kind.COMMENT]


def test_who_mutes_a_thread_hears_no_more_of_it(client: Client, world: World) -> None:
    first = say(world, world.author)
    client.force_login(world.author)
    client.post(f"/en/comments/{first.pk}/mute/", {"value": "1"})
    assert ThreadMute.objects.get().thread == first
    say(world, world.reviewer, "An answer.", parent=first)
    assert get_notified_kinds(world.author) == []
    client.post(f"/en/comments/{first.pk}/mute/", {"value": "0"})
    say(world, world.reviewer, "Another.", parent=first)
    assert get_notified_kinds(world.author) == [Kind.REPLY]


def test_a_notice_links_to_the_comment_and_survives_its_deletion(client: Client, world: World) -> None:
    suggestion = world.suggested()
    said = say(world, world.reviewer, subject=Subject(world.skill, suggestion))
    fanout.notify_of_unfinished_events()
    client.force_login(world.author)
    assert f"/en/comments/{said.pk}/" in client.get("/en/notifications/").content.decode()
    comments.delete(said, world.reviewer)
    assert f"/en/suggestions/{suggestion.pk}/comments/" in client.get("/en/notifications/").content.decode()
    assert Event.objects.get(kind=Kind.COMMENT).comment is None


def test_saying_something_watches_the_skill_the_first_time(world: World) -> None:
    person = make_user()
    say(world, person)
    watch = Watch.objects.get(user=person)
    assert (watch.skill, watch.by_taking_part) == (world.skill, True)
    watch.delete()
    say(world, person, "Once more.")
    assert not Watch.objects.filter(user=person).exists()


@pytest.mark.parametrize("keep", [True, False])
def test_who_goes_leaves_comments_without_a_name_or_without_words(
    client: Client, world: World, address: str, keep: bool
) -> None:
    answered = say(world, world.author, "Answered.")
    say(world, world.author, "Alone.")
    say(world, world.reviewer, "An answer.", parent=answered)
    comments.edit(answered, world.author, "Answered better.")
    delete_account(world.author, keep_comments=keep)
    User.objects.filter(pk=world.author.pk).delete()
    kept = ["Answered better.", "An answer.", "Alone."]
    assert texts(client, address) == (kept if keep else ["This comment was deleted.", "An answer."])
    assert not CommentVersion.objects.exists()


HTMX = {"HX-Request": "true"}


def test_htmx_gets_the_page_with_the_new_comment_which_takes_the_focus(
    client: Client, world: World, address: str
) -> None:
    said = [say(world, world.reviewer, f"Number {number}.") for number in range(30)]
    client.force_login(world.author)
    sent = {"key": str(uuid.uuid4()), "started": traps.sign_current_time(), "body": SAID, "intent": "post"}
    page = BeautifulSoup(client.post(f"{address}?page=1", sent, headers=HTMX).content, "html.parser")
    assert [article["id"] for article in page.select("article[tabindex='-1']")] == [
        f"comment-{Comment.objects.latest('pk').pk}"
    ]
    assert not page.select(f"#comment-{said[0].pk}")  # it is on the second page
    assert page.select_one("textarea").text.strip() == ""  # type: ignore[union-attr]


def test_htmx_finds_helpful_where_the_reader_is(client: Client, world: World, address: str) -> None:
    said = [say(world, world.reviewer, f"Number {number}.") for number in range(31)]
    client.force_login(world.author)
    where = f"/en/comments/{said[0].pk}/helpful/?page=2&sort=newest"
    page = BeautifulSoup(client.post(where, {"value": "1"}, headers=HTMX).content, "html.parser")
    thread = page.select_one(f"#thread-{said[0].pk}")
    assert thread
    assert "helpful (1)" in " ".join(thread.text.split())
    assert not page.select("html")


def test_answering_keeps_what_is_in_the_form(client: Client, world: World, address: str) -> None:
    said = say(world, world.reviewer, "First line.\nSecond line.")
    client.force_login(world.author)
    typed = {"key": str(uuid.uuid4()), "body": "Begun already.", "intent": "answer", "role": "baker", "level": ""}
    page = BeautifulSoup(client.post(f"{address}?answer={said.pk}&quote=1", typed, headers=HTMX).content, "html.parser")
    assert page.select_one("textarea").text.strip() == "Begun already.\n\n> First line.\n> Second line."  # type: ignore[union-attr]
    assert page.select_one("input[name=parent]")["value"] == str(said.pk)  # type: ignore[index]
    assert Comment.objects.count() == 1


def test_page_links_go_to_the_discussion_wherever_it_is_shown(client: Client, world: World, address: str) -> None:
    for number in range(31):
        say(world, world.reviewer, f"Number {number}.")
    page = BeautifulSoup(client.get(address, headers=HTMX).content, "html.parser")
    assert [link["href"] for link in page.select(".pagination a")] == [f"{address}?page=2"]


def test_a_writer_chooses_the_cell(client: Client, world: World, address: str) -> None:
    client.force_login(world.author)
    assert send(client, address, role="baker", level="junior").status_code == 302
    said = Comment.objects.get()
    assert (said.role, said.level) == ("baker", "junior")
    page = BeautifulSoup(client.get(address).content, "html.parser")
    assert "Baker · Junior" in page.select_one(".comment-head").text  # type: ignore[union-attr]


@pytest.mark.parametrize("cell", [{"role": "baker"}, {"level": "junior"}, {"role": "baker", "level": "no-such"}])
def test_half_a_cell_is_refused_in_words_and_nothing_typed_is_lost(
    client: Client, world: World, address: str, cell: dict[str, str]
) -> None:
    client.force_login(world.author)
    answer = send(client, address, "What I wanted to say.", **cell)
    page = BeautifulSoup(answer.content, "html.parser")
    assert (answer.status_code, "What I wanted to say." in answer.text) == (422, True)
    chosen = {str(option["value"]) for option in page.select(".cell-choice option[selected]")}
    assert chosen == {value for value in cell.values() if value != "no-such"}
    assert not Comment.objects.exists()


def test_the_suspended_read_and_are_offered_no_form(client: Client, world: World, address: str) -> None:
    say(world, world.author)
    until = timezone.now() + timedelta(days=1)
    client.force_login(make_user(suspended_until=until, suspension_reason="Advertising."))
    page = BeautifulSoup(client.get(address).content, "html.parser")
    assert "you can read, but not write" in page.text
    assert not page.select(".comment-form, .comment-actions a, .comment-actions button")


@pytest.mark.parametrize("keep", [True, False])
def test_what_others_said_names_who_is_gone_no_more(world: World, keep: bool) -> None:
    anna, annabel = make_user("anna"), make_user("annabel")
    said = say(world, world.author, "@anna, @Anna. and @annabel")
    comments.edit(said, world.author, "@annabel, not @anna.")
    delete_account(anna, keep_comments=keep)
    said.refresh_from_db()
    assert (said.body, CommentVersion.objects.get().body) == ("@annabel, not @–.", "@–, @–. and @annabel")
    assert User.objects.filter(pk=annabel.pk).exists()


def test_moderators_alone_read_what_it_said_before(client: Client, world: World, address: str) -> None:
    said = say(world, world.author, "First words.")
    comments.edit(said, world.author, "Second words.")
    page = f"/en/comments/{said.pk}/versions/"
    assert client.get(page)["Location"].startswith("/en/accounts/login/")
    for person in (world.author, make_reviewer()):
        client.force_login(person)
        assert (client.get(page).status_code, page in client.get(address).text) == (404, False)
    client.force_login(make_user(is_superuser=True))
    assert page in client.get(address).text
    assert "First words." in client.get(page).text


def test_administrators_read_comments_and_change_none(admin_site: Client, world: World) -> None:
    said = say(world, world.author, "First words.")
    comments.edit(said, world.author, "Second words.")
    page = f"/admin/community/comment/{said.pk}/change/"
    assert "Second words." in admin_site.get(page).text
    assert "First words." in admin_site.get(page).text
    assert [admin_site.post(page, {"body": "Mine."}).status_code, admin_site.get(LIST).status_code] == [403, 200]
    for address in (f"{LIST}add/", f"{LIST}{said.pk}/delete/"):
        assert admin_site.get(address).status_code == 403
    assert Comment.objects.get().body == "Second words."


def test_the_thread_of_a_deleted_comment_can_be_answered(client: Client, world: World, address: str) -> None:
    gone = say(world, world.author)
    say(world, world.reviewer, "An answer.", parent=gone)
    comments.delete(gone, world.author)
    client.force_login(world.author)
    assert client.get(f"{address}?answer={gone.pk}&quote=1").status_code == 200
    assert send(client, address, "One more.", parent=str(gone.pk)).status_code == 302
    assert texts(client, address) == ["This comment was deleted.", "An answer.", "One more."]


def test_an_answer_to_what_was_deleted_meanwhile_keeps_its_words(client: Client, world: World, address: str) -> None:
    gone = say(world, world.author)
    comments.delete(gone, world.author)
    client.force_login(world.reviewer)
    answer = send(client, address, "What took me an hour.", parent=str(gone.pk))
    assert (answer.status_code, "What took me an hour." in answer.text) == (409, True)
    assert not Comment.objects.exists()


def test_pages_cost_the_same_queries_with_ten_or_five_thousand(
    client: Client, world: World, address: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(make_reviewer())
    first = say(world, world.author, "Begins, @nobody.")
    for count in (9, 4990):
        Comment.objects.bulk_create(
            Comment(skill=world.skill, author=world.author, body="Says so.", parent=first if n % 3 else None)
            for n in range(count)
        )
        CatalogueVersion.objects.advance()
        for page in (address, f"{address}?sort=newest", f"{address}?page=2" if count > 9 else address):
            with django_assert_max_num_queries(12):
                assert client.get(page).status_code == 200
