"""Who may do what with a suggestion in which state: one table, held against the rules and against the pages.

Each row names the roles that may; everybody else is refused, and a refusal changes nothing.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts import membership
from accounts.models import User
from community import rules
from community.drafting import drafts
from community.models import Decision, State, SuggestedChange, Suggestion, Vote
from community.posting.refusals import InvalidInput, NotAllowed
from community.review import deciding
from community.suggestions import voting
from community.suggestions.refusals import TooLate
from skills.content.changes import ChangedMeanwhile
from skills.models import Revision, Significance
from tests.community.drafting.test_form import form_data
from tests.community.suggestions.world import JUNIOR, World, make_reviewer
from tests.factories import make_user

MEDIUM = Significance.MEDIUM
ROLES = (  # in one row those who try the same suggestion, because its author is the same
    ("anonymous", "member", "author", "reviewer", "barred reviewer"),
    ("reviewing author",),
    ("superuser author",),
)
AUTHORS = {"author", "reviewing author", "superuser author"}
REVIEWERS = {"reviewer"}
OTHERS = {"member", "reviewer", "barred reviewer"}
ROOT = {"superuser author"}
DECIDING = REVIEWERS | ROOT  # a superuser by a written reason, which the actions below give
STATES = ("draft", "open", "held", "asked again", "changes requested", "accepted", "declined", "withdrawn", "outdated")

# What each role may in each state; a action that is not named here is nobody's.
MAY: dict[str, dict[str, set[str]]] = {
    "draft": {"edit": AUTHORS, "submit": AUTHORS, "withdraw": AUTHORS, "renew": AUTHORS},
    "open": {
        "edit": AUTHORS, "withdraw": AUTHORS, "renew": AUTHORS, "vote": OTHERS,
        "claim": REVIEWERS | {"barred reviewer"},
        "accept": DECIDING | {"barred reviewer"}, "decline": DECIDING | {"barred reviewer"},
        "request changes": REVIEWERS | {"barred reviewer"},
    },
    "held": {"withdraw": AUTHORS, "renew": AUTHORS, "vote": OTHERS, "claim": REVIEWERS | {"barred reviewer"}},
    "asked again": {
        "edit": AUTHORS, "withdraw": AUTHORS, "renew": AUTHORS, "vote": OTHERS, "claim": REVIEWERS,
        "accept": DECIDING, "decline": DECIDING, "request changes": REVIEWERS,
    },
    "changes requested": {
        "edit": AUTHORS, "submit": AUTHORS, "withdraw": AUTHORS, "renew": AUTHORS,
        "decline": DECIDING | {"barred reviewer"},
    },
    "accepted": {"undo": DECIDING | {"barred reviewer"}},
    "declined": {"second reader": AUTHORS, "undo": DECIDING | {"barred reviewer"}},
    "withdrawn": {},
    "outdated": {"withdraw": AUTHORS, "renew": AUTHORS},
}  # fmt: skip


@dataclass
class Case:
    """A suggestion in a state, by the author whom a role needs, and the person who tries."""

    world: World
    suggestion: Suggestion
    person: User | None

    @property
    def someone(self) -> Any:
        return self.person or AnonymousUser()


def make_cases(world: World, roles: tuple[str, ...], state: str) -> dict[str, Case]:
    """Return what each role tries: the same suggestion, read again because a action changes the object in memory."""
    author = {
        "reviewing author": make_reviewer,
        "superuser author": lambda: make_user(is_superuser=True),
    }.get(roles[0], lambda: world.author)()
    barred = make_reviewer()
    people = {"anonymous": None, "member": make_user(), "reviewer": world.reviewer, "barred reviewer": barred}
    pk = in_state(world, state, author, barred).pk
    return {role: Case(world, Suggestion.objects.get(pk=pk), people.get(role, author)) for role in roles}


def in_state(world: World, state: str, author: User, barred: User) -> Suggestion:
    draft = drafts.start(author, world.skill, [world.kneading()], reason="Clearer.")
    if state == "draft":
        return draft
    found = drafts.submit(draft, author, confirmed=True)
    if state == "outdated":
        Suggestion.objects.filter(pk=found.pk).update(state=State.OUTDATED)
    other = world.other_reviewer
    steps: dict[str, list[Callable[[], object]]] = {
        "held": [lambda: deciding.claim(found, other)],
        "asked again": [
            lambda: deciding.decline(found, barred, world.spam),
            lambda: drafts.ask_second_reader(found, author, "Again."),
        ],
        "changes requested": [lambda: deciding.request_changes(found, other, "More.")],
        "accepted": [lambda: deciding.accept(found, other, significance=MEDIUM)],
        "declined": [lambda: deciding.decline(found, other, world.spam)],
        "withdrawn": [lambda: drafts.withdraw(found, author)],
    }
    for step in steps.get(state, []):
        step()
    return Suggestion.objects.get(pk=found.pk)


def by_rule(case: Case, action: str) -> bool:
    """Do it through community/suggestions; return whether it was done."""
    world, suggestion, person = case.world, case.suggestion, case.person
    if person is None:
        return False  # nobody to hand to the rules; `rules` itself is asked below
    actions: dict[str, Callable[[], object]] = {
        "edit": lambda: drafts.save(suggestion, person, [world.kneading("Kneads well.")], reason="Clearer."),
        "submit": lambda: drafts.submit(suggestion, person, confirmed=True),
        "withdraw": lambda: drafts.withdraw(suggestion, person),
        "renew": lambda: drafts.renew(suggestion, person),
        "second reader": lambda: drafts.ask_second_reader(suggestion, person, "Again."),
        "claim": lambda: deciding.claim(suggestion, person),
        "accept": lambda: deciding.accept(suggestion, person, significance=MEDIUM, own_reason="Alone."),
        "decline": lambda: deciding.decline(suggestion, person, world.spam, own_reason="Alone."),
        "request changes": lambda: deciding.request_changes(suggestion, person, "More."),
        "undo": lambda: deciding.undo(suggestion, person, "By mistake."),
        "vote": lambda: voting.vote(suggestion, person, 1),
    }
    try:
        actions[action]()
    except (ChangedMeanwhile, NotAllowed, TooLate, InvalidInput):
        return False
    return True


def by_page(case: Case, action: str) -> bool:
    """Do it through its page; return whether it was done."""
    client = Client()
    world, pk = case.world, case.suggestion.pk
    if case.person:
        client.force_login(case.person)
    review: dict[str, Any] = {
        "key": str(uuid.uuid4()),
        "significance": "medium",
        "message": "More.",
        "own_reason": "Alone.",
    }
    review |= {"reason": world.spam.pk, "change": case.suggestion.changes.get().pk}
    typed = form_data(world, (JUNIOR, "Kneads well." if action == "edit" else "Kneads dough by hand."))
    typed |= {"confirmed": "on", "intent": "save" if action == "edit" else "submit"}
    pages: dict[str, tuple[str, dict[str, Any]]] = {
        "edit": (f"suggestions/{pk}/edit/", typed),
        "submit": (f"suggestions/{pk}/edit/", typed),
        "withdraw": (f"suggestions/{pk}/withdraw/", {}),
        "renew": (f"suggestions/{pk}/renew/", {}),
        "second reader": (f"suggestions/{pk}/second-reader/", {"message": "Again."}),
        "claim": (f"review/{pk}/claim/", {}),
        "accept": (f"review/{pk}/accept/", review),
        "decline": (f"review/{pk}/decline/", review),
        "request changes": (f"review/{pk}/request-changes/", review),
        "undo": (f"review/{pk}/undo/", review),
        "vote": (f"suggestions/{pk}/vote/", {"value": "1"}),
    }
    path, data = pages[action]
    response = client.post(f"/en/{path}", data)
    is_done = response.status_code == 302 and not response["Location"].startswith("/en/accounts/login/")
    assert is_done or response.status_code in {302, 401, 403, 404, 409, 422}
    return is_done


ACTIONS = ("edit", "submit", "withdraw", "renew", "second reader", "claim", "accept", "decline", "request changes",
         "undo", "vote")  # fmt: skip


def rows() -> list[list[Any]]:
    models: tuple[Any, ...] = (Suggestion, SuggestedChange, Decision, Vote, Revision)
    return [list(model.objects.order_by("pk").values()) for model in models]


@contextmanager
def tried() -> Iterator[None]:
    """Take back what is done within."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("door", [by_rule, by_page])
def test_only_who_the_table_names_may_do_it(
    world: World, door: Callable[[Case, str], bool], action: str, state: str
) -> None:
    is_again = door is by_page and action == "submit" and state in {"open", "asked again"}  # one form, one suggestion
    allowed = AUTHORS if is_again else MAY[state].get(action, set())
    for roles in ROLES:
        with tried():
            cases, before = make_cases(world, roles, state), rows()
            for role, case in cases.items():
                with tried():
                    done = door(case, action)
                    assert done == (role in allowed), f"{role}, {state}, {action}"
                    assert (done and not is_again) or rows() == before


@pytest.mark.parametrize("state", STATES)
def test_rules_say_of_every_role_what_the_table_says(world: World, state: str) -> None:
    for roles in ROLES:
        with tried():
            for role, case in make_cases(world, roles, state).items():
                check_rules(case, role, state)


def check_rules(case: Case, role: str, state: str) -> None:
    table, suggestion, someone = MAY[state], case.suggestion, case.someone
    may_decide = DECIDING | ({"barred reviewer"} if state != "asked again" else set())
    assert rules.may_edit(someone, suggestion, timezone.now()) == (role in table.get("edit", set()))
    assert rules.may_vote(someone, suggestion) == (role in table.get("vote", set()))
    assert rules.is_author(someone, suggestion) == (role in AUTHORS)
    assert membership.is_reviewer(someone) == (role in {"reviewer", "barred reviewer", "reviewing author"} | ROOT)
    may, needs_reason = rules.may_decide(someone, suggestion), rules.needs_own_reason(someone, suggestion)
    assert may == (role in may_decide)
    assert (may and not needs_reason) == (role in may_decide - ROOT)
    assert rules.may_undo(someone, suggestion) == (role in may_decide)
    assert rules.may_see(someone, suggestion) == (role in AUTHORS or state != "draft")
