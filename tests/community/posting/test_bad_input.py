"""Bad input on every page that writes: the right status and words, what was typed kept, nothing changed."""

import uuid
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.test.client import encode_multipart
from pytest_django import DjangoDbBlocker

from community.drafting import drafts
from community.models import CountedWrite, Suggestion
from community.review import deciding
from skills.content.changes import Change, Field
from skills.models import Significance, Skill
from tests.community.drafting.test_form import form_data
from tests.community.suggestions.world import JUNIOR, World, make_world
from tests.factories import make_framework, make_role, make_skill, make_user

LONG = "bread " * 17_000
EVIL = "<script>alert('x')</script><img src=x onerror=alert(1)>"
TYPED = "What I typed and want to keep."
MESSAGE = {"message": TYPED}
HUGE = str(2**63)
ENDLESS = "9" * 5_000


@dataclass(frozen=True)
class Post:
    """What is sent where, by whom, and what comes back; `{open}` and the like mean suggestions of `stage`."""

    name: str
    who: str
    where: str
    data: dict[str, Any]
    status: int
    words: str = ""
    keeps: str = TYPED


@dataclass
class Stage:
    """A world with a suggestion in every state that matters."""

    world: World
    open: Suggestion
    declined: Suggestion
    own_draft: Suggestion
    key_of_another: uuid.UUID

    def people(self) -> dict[str, Any]:
        world = self.world
        return {"author": world.author, "reviewer": world.reviewer, "member": make_user(), "stranger": None}

    def path(self, where: str) -> str:
        pks = {"open": self.open.pk, "declined": self.declined.pk, "draft": self.own_draft.pk}
        return "/en/" + where.format(slug=self.world.skill.slug, huge=HUGE, endless=ENDLESS, **pks)


@pytest.fixture(scope="module")
def made_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """What all tests here start from; each takes back what it does to it in a transaction within this one."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_stage(make_world())
        transaction.set_rollback(True)


@pytest.fixture
def stage(made_once: Stage, db: None) -> Stage:
    return deepcopy(made_once)  # a test may change the objects in memory, too


def make_stage(world: World) -> Stage:
    key = uuid.uuid4()
    world.publish(world.cell(JUNIOR, "Kneads.", "Kneads well."), Change(Field.TAG_LINE, "", "oven"))
    change = world.cell(JUNIOR, "Kneads well.", "Kneads by hand.")
    declined = world.suggested(world.cell(JUNIOR, "Kneads well.", "Buy bread."))
    deciding.decline(declined, world.reviewer, world.spam, key=key)
    other = make_framework()
    make_role(other, "Pilot")
    make_skill(world.skill.group, "Gone")
    Skill.objects.get(name="Gone").delete()
    draft = drafts.start(world.author, world.skill, [world.kneading("Draft.")])
    return Stage(world, world.suggested(change), declined, draft, key)


def everything() -> dict[str, list[Any]]:
    """Return all rows of the catalogue and the community."""
    models = [model for app in ("skills", "community") for model in apps.get_app_config(app).get_models()]
    models.remove(CountedWrite)  # what is refused is counted, too
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


NEW, EDIT = "skills/{slug}/suggestions/new/", "suggestions/{draft}/edit/"
SUBMIT = {"intent": "submit", "reason": TYPED}
KEY = str(uuid.uuid4())
ACCEPT = {"key": KEY, "significance": "medium"}

FORMS = [
    Post(f"{name} in {where}", "author", where, SUBMIT | data, 422, words)
    for where in (NEW, EDIT)
    for name, data, words in [
        ("a base that never existed", {"revision": "99"}, "was never here"),
        ("a negative base", {"revision": "-1"}, "was never here"),
        ("a base beyond every number", {"revision": ENDLESS}, "was never here"),
        ("a base that is no number", {"revision": "first"}, "was never here"),
        ("a role of another framework", {"cell": "pilot/junior", "description:pilot/junior": "Flies."}, "no such role"),
        ("a level there is not", {"cell": "baker/chief", "description:baker/chief": "Leads."}, "no such role or level"),
        ("a cell that is none", {"cell": "////", "description:////": "x"}, "no such role or level"),
        ("a name of 100,000 characters", {"name": LONG}, "longer than 200"),
        ("a text of 100,000 characters", {"description:baker/junior": LONG}, "longer than 8000"),
        ("a source of 100,000 characters", {"source": LONG}, "too long"),
        ("NUL in a text", {"description:baker/junior": "a\0b"}, "cannot be saved"),
        ("NUL in a name", {"name": "a\0b"}, "cannot be saved"),
        ("NUL in a role", {"cell": "ba\0ker/junior"}, "no such role"),
        ("an unknown obligation", {"obligation:baker/junior": EVIL}, "not known"),
        ("a group that is none", {"group": EVIL}, "no such group"),
    ]
]
ELSEWHERE = [
    Post("no such skill", "author", "skills/nothing/suggestions/new/", SUBMIT, 404),
    Post("a deleted skill", "author", "skills/gone/suggestions/new/", SUBMIT, 404),
    Post("a foreign draft", "member", EDIT, SUBMIT, 404),
    Post("a number beyond every key", "author", "suggestions/{huge}/edit/", SUBMIT, 404),
    Post("an endless number", "author", "suggestions/{endless}/edit/", SUBMIT, 404, keeps=""),
    Post("the old text of one decided", "author", "suggestions/{declined}/edit/", SUBMIT, 409, "declined"),
    Post("an unknown skill of a stranger", "stranger", EDIT, SUBMIT | {"skill": "a\0b"}, 302, keeps=""),
    *(
        Post(f"{action} of {what}", "author", f"suggestions/{pk}/{action}/", {"value": "1"} | MESSAGE, 404, keeps="")
        for action in ("vote", "withdraw", "renew", "second-reader")
        for what, pk in [("nothing", "999999"), ("a number beyond every key", "{huge}"), ("none", "{endless}")]
    ),
    *(
        Post(f"{action} of a draft", "member", f"suggestions/{{draft}}/{action}/", {"value": "1"}, 404, keeps="")
        for action in ("vote", "withdraw", "renew", "second-reader")
    ),
    *(
        Post(f"a vote of {value!r}", "member", "suggestions/{open}/vote/", {"value": value}, 400, keeps="")
        for value in ("2", "-2", "", "yes", "١", ENDLESS, "1.0")
    ),
    Post("a vote on what is decided", "member", "suggestions/{declined}/vote/", {"value": "1"}, 403, keeps=""),
    Post("withdrawn too late", "author", "suggestions/{declined}/withdraw/", {}, 409, "declined", ""),
    Post("renewed too late", "author", "suggestions/{declined}/renew/", {}, 409, "declined", ""),
    Post("second reader too soon", "author", "suggestions/{open}/second-reader/", {"message": TYPED}, 409, "open", ""),
    *(
        Post(f"a second reader with {what}", "author", "suggestions/{declined}/second-reader/", {"message": words}, 422,
             "too long or contains", keeps)
        for what, words, keeps in [("100,000 characters", LONG, LONG[:5_000]), ("NUL", TYPED + "\0", TYPED)]
    ),
]  # fmt: skip
CHOICES = [
    Post(f"{name} {value!r}", "reviewer", where, {name: value, "body": "x"}, 400, keeps="")
    for where, name, before in [
        ("skills/{slug}/comments/", "intent", ""), ("me/watching/", "level", ""), ("me/watching/", "row", "1:"),
    ]
    for value in (before + "x", before + "\0", before + EVIL)
]  # fmt: skip
REVIEW = [
    *(
        Post(f"{action} of {what}", "reviewer", f"review/{pk}/{action}/", ACCEPT | {"message": TYPED}, 404, keeps="")
        for action in ("claim", "release", "accept", "decline", "request-changes", "undo")
        for what, pk in [("nothing", "999999"), ("a number beyond every key", "{huge}"), ("a draft", "{draft}")]
    ),
    *(
        Post(f"the changes {value[:9]!r}", "reviewer", "review/{open}/accept/",
             ACCEPT | {"change": value, "decline_message": TYPED}, status, words)
        for value, status, words in [
            ("-1", 422, "at least one"), ("x", 422, "at least one"), ("", 422, "at least one"), (HUGE, 422, "at least"),
            (ENDLESS, 422, "at least one"), ("\0", 422, "cannot be saved"), ("999999", 409, "changed meanwhile"),
        ]
    ),
    *(
        Post(f"significance {value[:9]!r}", "reviewer", "review/{open}/accept/",
             {"key": KEY, "change": "{change}", "significance": value}, 400, "significance is missing", "")
        for value in ("", "huge", "MEDIUM", "\0", EVIL)
    ),
    *(
        Post(f"{action} with the key {key[:9]!r}", "reviewer", f"review/{{open}}/{action}/",
             {"key": key, "change": "{change}", "significance": "medium", "reason": "{reason}", "message": "x"}, 400,
             "no key", "")
        for action in ("accept", "decline", "request-changes")
        for key in ("", "1", EVIL)
    ),
    *(
        Post(f"{action}: a text of {what}", "reviewer", f"review/{{open}}/{action}/",
             ACCEPT | {"change": "{change}", "reason": "{reason}", name: text, "own_reason": TYPED}, 422, words, keeps)
        for action, name, keeps in [
            ("accept", "text-{change}", ""), ("decline", "decline_message", ""), ("request-changes", "message", ""),
        ]
        for what, text, words in [
            ("100,000 characters", LONG, "longer" if action == "accept" else "too long"),
            ("NUL", "a\0b", "cannot be saved"),
        ]
    ),
    Post("an empty text", "reviewer", "review/{open}/accept/",
         ACCEPT | {"change": "{change}", "text-{change}": "  ", "decline_message": TYPED}, 422, "needs a description"),
    *(
        Post(f"the reason {value[:9]!r}", "reviewer", "review/{open}/decline/",
             {"key": KEY, "reason": value, "decline_message": TYPED}, 422, "Choose a reason")
        for value in ("", "-1", "999999", "x", "\0", HUGE, ENDLESS)
    ),
    Post("nothing said", "reviewer", "review/{open}/request-changes/",
         {"key": KEY, "message": "  ", "decline_message": TYPED}, 422, "Say what"),
    Post("undone without words", "reviewer", "review/{declined}/undo/", {"decision": "x"}, 422, "Say why", ""),
    Post("undone another decision", "reviewer", "review/{declined}/undo/", {"decision": "99999", "message": TYPED}, 409,
         "decided on"),
    Post("undone a decision that is no number", "reviewer", "review/{declined}/undo/",
         {"decision": "x", "message": TYPED}, 409, "decided on"),
    Post("an obligation that is not offered", "reviewer", "review/{open}/accept/",
         ACCEPT | {"change": "{change}", "obligation-{change}": EVIL}, 400, "Select a valid choice", ""),
    Post("undone what is open", "reviewer", "review/{open}/undo/", {"message": TYPED}, 409, "no longer possible", ""),
    *(
        Post(f"{action} when it is decided", "reviewer", f"review/{{declined}}/{action}/",
             ACCEPT | {"change": "{change}", "reason": "{reason}", "message": TYPED}, 409, "decided on", "")
        for action in ("claim", "accept", "decline", "request-changes")
    ),
    *(
        Post(f"many declined: {value[:9]!r}", "reviewer", "review/decline/",
             {"key": KEY, "reason": "{reason}", "pick": value}, 422, "Tick at least one", "")
        for value in ("", "-1", "x", "\0", HUGE, ENDLESS)
    ),
    Post("many declined with no key", "reviewer", "review/decline/", {"pick": "1"}, 400, "key", ""),
    Post("many declined for nothing", "reviewer", "review/decline/", {"key": KEY, "pick": "{open}"}, 422, "Choose", ""),
]  # fmt: skip
BACK = "skills/{slug}/history/1/revert/"
REVERT = {"seen": "2", "key": KEY, "significance": "medium", "summary": TYPED}
REVERTS = [
    *(
        Post(f"taken back to {what}", "reviewer", f"skills/{{slug}}/history/{number}/revert/", REVERT, 404, keeps="")
        for what, number in [("nothing", "99"), ("beyond every number", "{huge}"), ("none", "{endless}")]
    ),
    *(
        Post(f"taken back with {name} {value[:9]!r}", "reviewer", BACK, REVERT | {name: value}, 422)
        for name, values in {
            "seen": ("", "0", "-1", "99", "x", HUGE, ENDLESS),
            "significance": ("", "huge", EVIL),
        }.items()
        for value in values
    ),
    *(
        Post(f"taken back with key {key[:9]!r}", "reviewer", BACK, REVERT | {"key": key}, 400, "no key")
        for key in ("", "x", EVIL)
    ),
    Post("taken back with 100,000 characters", "reviewer", BACK, REVERT | {"summary": LONG}, 422, keeps=LONG[:5_000]),
    Post("taken back with NUL", "reviewer", BACK, REVERT | {"summary": "a\0b"}, 422, "Null characters", ""),
    Post("a field there is not", "reviewer", BACK + "?field=" + "x", REVERT, 404, keeps=""),
    Post("a role there is not", "reviewer", BACK + "?field=requirement&role=x&level=%00", REVERT, 404, keeps=""),
]
POSTS = [*FORMS, *ELSEWHERE, *CHOICES, *REVIEW, *REVERTS]


def filled(stage: Stage, post: Post) -> dict[str, Any]:
    names = {"{change}": stage.open.changes.get().pk, "{reason}": stage.world.spam.pk, "{open}": stage.open.pk}

    def put(text: str) -> str:
        for name, value in names.items():
            text = text.replace(name, str(value))
        return text

    data = {put(name): put(value) for name, value in post.data.items()}
    if "intent" in data:
        data = form_data(stage.world, (JUNIOR, TYPED)) | data
    return data


@pytest.mark.parametrize("post", POSTS, ids=[post.name for post in POSTS])
def test_bad_input_gets_status_and_words_keeps_what_was_typed_and_changes_nothing(
    client: Client, stage: Stage, post: Post
) -> None:
    person, before = stage.people()[post.who], everything()
    if person:
        client.force_login(person)
    response = client.post(stage.path(post.where), filled(stage, post))
    assert response.status_code == post.status
    assert post.words in response.text
    assert post.keeps in response.text
    assert EVIL not in response.text
    assert everything() == before


@pytest.mark.parametrize("where", [NEW, "review/{open}/accept/", BACK + "?field=x"])
def test_what_calls_itself_anything_but_utf_8_is_refused(client: Client, stage: Stage, where: str) -> None:
    client.force_login(stage.world.reviewer)
    before = everything()
    body = encode_multipart("BoUnDaRy", {"message": "\\ud800", "reason": "\\ud800", "summary": "\\udfff", "value": "1"})
    for charset in ("unicode-escape", "utf-7", "utf-16", "none"):
        kind = f"multipart/form-data; boundary=BoUnDaRy; charset={charset}"
        assert client.generic("POST", stage.path(where), body, content_type=kind).status_code == 400
    assert everything() == before


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_a_wrong_method_writes_nothing(client: Client, stage: Stage, method: str) -> None:
    client.force_login(stage.world.reviewer)
    before = everything()
    send: Callable[..., Any] = getattr(client, method)
    for where in sorted({post.where for post in POSTS}):
        expected = {200, 301, 404, 405} if method == "get" else {404, 405}
        assert send(stage.path(where)).status_code in expected, where
    assert everything() == before


def test_html_and_scripts_of_a_reviewer_are_shown_as_text(client: Client, stage: Stage) -> None:
    client.force_login(stage.world.reviewer)
    pk = stage.open.changes.get().pk
    data = ACCEPT | {"change": pk, f"text-{pk}": EVIL, "message": EVIL, "decline_message": EVIL, "own_reason": EVIL}
    for action in ("decline", "request-changes", "undo", "accept"):
        response = client.post(stage.path(f"review/{{open}}/{action}/"), data, follow=True)
        assert EVIL not in response.text
    for path in ("suggestions/{open}/", "review/{open}/", "skills/{slug}/", "skills/{slug}/history/", "changes/"):
        assert EVIL not in client.get(stage.path(path)).text


def test_the_key_of_anothers_decision_decides_nothing(client: Client, stage: Stage) -> None:
    client.force_login(stage.world.other_reviewer)
    data = {"key": str(stage.key_of_another), "reason": stage.world.spam.pk}
    before = everything()
    response = client.post(stage.path("review/{declined}/decline/"), data)
    assert (response.status_code, "decided on" in response.text) == (409, True)
    assert everything() == before


def test_the_same_key_with_another_action_is_another_request(client: Client, stage: Stage) -> None:
    client.force_login(stage.world.reviewer)
    data = ACCEPT | {"change": stage.open.changes.get().pk, "reason": stage.world.spam.pk}
    assert client.post(stage.path("review/{open}/accept/"), data).status_code == 302
    assert client.post(stage.path("review/{open}/accept/"), data).status_code == 302
    assert client.post(stage.path("review/{open}/decline/"), data).status_code == 409
    assert stage.world.skill.revisions.filter(significance=Significance.MEDIUM).count() == 3
