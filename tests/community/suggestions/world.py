"""A bakery with one skill, its author, two reviewers and short ways to suggest."""

from dataclasses import dataclass

from django.contrib.auth.models import Group as PermissionGroup
from django.utils import timezone

from accounts.membership import REVIEWERS
from accounts.models import User
from community.drafting import drafts
from community.models import DeclineReason, State, Suggestion
from community.posting.trust import TRUSTED_AFTER
from skills import revisions
from skills.content.changes import Change, Field
from skills.content.matrix import Cell, Place
from skills.models import Requirement, Skill
from tests.factories import cell, make_domain, make_framework, make_group, make_role, make_skill, make_user

JUNIOR, MIDDLE, SENIOR = (Place("baker", level) for level in ("junior", "middle", "senior"))


@dataclass
class World:
    """Baking asks a baker to knead as a junior and to bake as a middle."""

    skill: Skill
    author: User
    reviewer: User
    other_reviewer: User
    spam: DeclineReason

    def text(self, place: Place) -> str | None:
        """Return the text of the requirement at a place, as the database has it."""
        found = Requirement.objects.filter(skill=self.skill, role__key=place.role, level__slug=place.level)
        return found.values_list("description", flat=True).first()

    def cell(self, place: Place, base: str | None, proposed: str | None) -> Change:
        made = [None if text is None else cell(text) for text in (base, proposed)]
        return Change(Field.REQUIREMENT, made[0], made[1], place)

    def suggested(self, *changes: Change, author: User | None = None) -> Suggestion:
        """Return an open suggestion."""
        author = author or self.author
        draft = drafts.start(author, self.skill, changes or [self._next_kneading()], reason="Clearer.", source="")
        return drafts.submit(draft, author, confirmed=True)

    def kneading(self, proposed: str = "Kneads dough by hand.") -> Change:
        return self.cell(JUNIOR, "Kneads.", proposed)

    def _next_kneading(self) -> Change:
        """Return `kneading()`, in other words where that is suggested already: nobody may suggest the same twice."""
        count = Suggestion.objects.filter(skill=self.skill, state="open").count()
        return self.kneading(*([f"Kneads dough by hand, {count}."] if count else []))

    def publish(self, *changes: Change) -> None:
        """Publish around the suggestions, as an administrator does."""
        revisions.publish(self.skill, changes, author=None, origin=self.skill.revisions.model.Origin.ADMIN)


def make_reviewer(name: str = "") -> User:
    reviewer = make_user(name)
    reviewer.groups.add(PermissionGroup.objects.get_or_create(name=REVIEWERS)[0])
    return reviewer


def make_world() -> World:
    framework = make_framework()
    role = make_role(framework, "Baker")
    junior, middle = framework.levels.order_by("rank")[:2]
    cells: dict[tuple[object, object], Cell] = {(role, junior): cell("Kneads."), (role, middle): cell("Bakes.")}
    skill = make_skill(make_group(make_domain(framework), "Ovens"), "Baking", cells)  # type: ignore[arg-type]
    reason = DeclineReason.objects.get_or_create(german="Spam", english="Spam")[0]
    return World(skill, make_user(), make_reviewer(), make_reviewer(), reason)


def make_trusted(name: str = "", /, **fields: object) -> User:
    """Return a member of whom five suggestions were accepted, for whatever skill there is."""
    person, skill = make_user(name, **fields), Skill.objects.order_by("pk")[0]
    Suggestion.objects.bulk_create(
        Suggestion(skill=skill, author=person, state=State.ACCEPTED, reason="Clearer.", submitted_at=timezone.now())
        for _ in range(TRUSTED_AFTER)
    )
    return person
