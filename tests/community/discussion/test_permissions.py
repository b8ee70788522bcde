"""Who may do what with a comment in which state: one table, held against the pages and the database.

Each row names the roles that may; everybody else is refused, and a refusal changes nothing.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group as PermissionGroup
from django.test import Client
from django.utils import timezone

from accounts.membership import MODERATORS
from accounts.models import User
from accounts.sign_in import traps
from community.models import Act, Comment, CommentVersion, Event, Helpful, Report, Suggestion, ThreadMute
from tests.community.suggestions.world import World, make_reviewer
from tests.community.test_permissions import tried
from tests.factories import make_user

ROLES = ("anonymous", "member", "author", "suspended author", "moderating author", "reviewer", "moderator",
         "administrator")  # fmt: skip
EVERYBODY = set(ROLES)
AUTHORS = {"author", "moderating author"}
OTHERS = {"member", "reviewer", "moderator", "administrator"}
MEMBERS = AUTHORS | OTHERS
MODERATORS_OF_OTHERS = {"moderator", "administrator"}
OVERSIGHT = MODERATORS_OF_OTHERS | {"moderating author"}
RESOLVERS = AUTHORS | {"reviewer", "administrator"}

OPEN = {
    "read": EVERYBODY, "answer": MEMBERS, "edit": AUTHORS, "delete": AUTHORS, "helpful": OTHERS, "resolve": RESOLVERS,
    "mute": MEMBERS, "report": OTHERS, "hide": MODERATORS_OF_OTHERS,
}  # fmt: skip

# What each role may in each state; an action that is not named here is nobody's.
MAY: dict[str, dict[str, set[str]]] = {
    "fresh": OPEN,
    "older than a day": {action: roles for action, roles in OPEN.items() if action != "edit"},
    "answered": OPEN,
    "resolved": OPEN,
    "hidden": {
        "read": OVERSIGHT | AUTHORS | {"suspended author"}, "delete": AUTHORS, "resolve": AUTHORS | {"administrator"},
        "mute": OVERSIGHT | AUTHORS, "report": MODERATORS_OF_OTHERS, "restore": MODERATORS_OF_OTHERS,
    },
    "held": {
        "read": OVERSIGHT | AUTHORS | {"suspended author"}, "edit": AUTHORS, "delete": AUTHORS,
        "resolve": AUTHORS | {"administrator"}, "mute": OVERSIGHT | AUTHORS, "report": MODERATORS_OF_OTHERS,
        "hide": MODERATORS_OF_OTHERS, "release": MODERATORS_OF_OTHERS,
    },
    "deleted": {"answer": MEMBERS},
    "on a hidden suggestion": {
        "read": OVERSIGHT, "edit": {"moderating author"}, "delete": {"moderating author"},
        "helpful": MODERATORS_OF_OTHERS, "resolve": {"moderating author", "administrator"}, "mute": OVERSIGHT,
        "report": MODERATORS_OF_OTHERS, "hide": MODERATORS_OF_OTHERS,
    },
}  # fmt: skip
ACTIONS = ("read", "answer", "edit", "delete", "helpful", "resolve", "mute", "report", "hide", "restore", "release")
SAID = "Kneads, does it?"


@dataclass
class Case:
    """A comment in a state, by the author whom a role needs, and the browser of the person who tries."""

    world: World
    comment: Comment
    person: User | None
    client: Client

    @property
    def discussion(self) -> str:
        about = self.comment.suggestion_id
        where = f"suggestions/{about}" if about else f"skills/{self.world.skill.slug}"
        return f"/en/{where}/comments/"


def make_case(world: World, role: str, state: str) -> Case:
    author = make_user()
    people: dict[str, Callable[[], User | None]] = {
        "anonymous": lambda: None,
        "member": make_user,
        "reviewer": make_reviewer,
        "moderator": lambda: moderating(make_user()),
        "administrator": lambda: make_user(is_superuser=True),
        "moderating author": lambda: moderating(author),
    }
    person, client = people.get(role, lambda: author)(), Client()
    comment = in_state(world, state, author)
    if role == "suspended author":
        author.suspended_until, author.suspension_reason = timezone.now() + timedelta(days=3), "Advertising."
        author.save(update_fields=["suspended_until", "suspension_reason"])
    if person:
        client.force_login(person)
    return Case(world, comment, person, client)


def moderating(person: User) -> User:
    person.groups.add(PermissionGroup.objects.get_or_create(name=MODERATORS)[0])
    return person


def in_state(world: World, state: str, author: User) -> Comment:
    now = timezone.now()
    fields: dict[str, dict[str, Any]] = {
        "older than a day": {"created_at": now - timedelta(hours=24, minutes=1)},
        "resolved": {"resolved_at": now, "resolved_by": author},
        "hidden": {"hidden_at": now},
        "held": {"held_at": now},
        "deleted": {"deleted_at": now, "body": ""},
    }
    about = None
    if state == "on a hidden suggestion":
        about = world.suggested()
        Suggestion.objects.filter(pk=about.pk).update(hidden_at=now)
    known: dict[str, Any] = {"skill": world.skill, "suggestion": about, "author": author, "body": SAID}
    comment = Comment.objects.create(**(known | fields.get(state, {})))
    if state in {"answered", "deleted"}:
        Comment.objects.create(skill=world.skill, author=world.author, parent=comment, body="It does.")
    return comment


def do(case: Case, action: str) -> Any:
    """Do it through its page; return the answer."""
    pk = case.comment.pk
    if action == "read":
        return case.client.get(f"/en/comments/{pk}/")
    if action == "answer":
        sent = {
            "key": str(uuid.uuid4()),
            "started": traps.sign_current_time(),
            "body": "Yes.",
            "parent": pk,
            "intent": "post",
        }
        return case.client.post(case.discussion, sent)
    if action == "report":
        return case.client.post(f"/en/report/comment/{pk}/", {"fault": "spam"})
    if action in {"hide", "restore", "release"}:
        return case.client.post(f"/en/moderation/comment/{pk}/", {"intent": action, "reason": "Why."})
    value = "0" if action == "resolve" and case.comment.resolved_at else "1"
    return case.client.post(f"/en/comments/{pk}/{action}/", {"body": "Otherwise.", "value": value})


def is_done(case: Case, action: str) -> bool:
    """Whether the database, or for reading the page, says that it was done."""
    before, now = case.comment, Comment.objects.filter(pk=case.comment.pk).first()
    if action == "read":
        return SAID in case.client.get(case.discussion).text
    if action == "delete":
        return now is None or (now.deleted_at is not None and before.deleted_at is None)
    assert now is not None
    mine: Any = case.person
    found: dict[str, Callable[[], bool]] = {
        "answer": lambda: Comment.objects.filter(parent=now, body="Yes.", author=mine).exists(),
        "edit": lambda: now.body == "Otherwise.",
        "helpful": lambda: Helpful.objects.filter(comment=now, user=mine).exists(),
        "resolve": lambda: (now.resolved_at is None) != (before.resolved_at is None),
        "mute": lambda: ThreadMute.objects.filter(thread=now, user=mine).exists(),
        "report": lambda: Report.objects.filter(comment=now, reporter=mine).exists(),
        "hide": lambda: now.hidden_at is not None and before.hidden_at is None,
        "restore": lambda: now.hidden_at is None and before.hidden_at is not None,
        "release": lambda: now.held_at is None and before.held_at is not None,
    }
    return found[action]()


def rows() -> list[list[Any]]:
    models: tuple[Any, ...] = (Comment, CommentVersion, Helpful, ThreadMute, Report, Act, Event, Suggestion)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("state", MAY)
def test_only_who_the_table_names_may_do_it(world: World, state: str) -> None:
    wrong = []
    for role in ROLES:
        with tried():
            case = make_case(world, role, state)
            before = rows()
            for action in ACTIONS:
                with tried():
                    answer, is_allowed = do(case, action), role in MAY[state].get(action, set())
                    done = is_done(case, action)
                    is_redirected = answer.status_code == 302 and "/accounts/login/" not in answer["Location"]
                    is_refused = is_redirected or answer.status_code in {302, 401, 403, 404, 409}
                    is_kept = done or action == "read" or rows() == before
                    if (done, is_redirected, is_refused, is_kept) != (is_allowed, is_allowed, True, True):
                        wrong.append(f"{role}, {action}: {answer.status_code}, {done=}, {is_allowed=}, {is_kept=}")
    assert not wrong, "\n".join(wrong)


def test_the_table_knows_every_action() -> None:
    assert {action for may in MAY.values() for action in may} == set(ACTIONS)
