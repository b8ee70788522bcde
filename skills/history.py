"""One revision as its page shows it: each change with what stood there before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from skills import markdown
from skills.difference import mark_new
from skills.ladder import Step, ladder_of
from skills.matrix import Cell
from skills.models import Group, Level, Revision, Role, Skill
from skills.revisions import Change, Field, Value


@dataclass(frozen=True)
class Side:
    """What stood, or stands, in one place; `html` has the words marked that the other side lacks."""

    html: SafeString
    obligation: str = ""
    proficiency: str = ""


@dataclass(frozen=True)
class ShownChange:
    """One change: of a cell (`role` and `step`, or their keys where these are gone) or of a field (`label`)."""

    label: str
    role: Role | None
    step: Step | None
    before: Side | None
    after: Side | None


@dataclass(frozen=True)
class RevisionPage:
    """A revision with its changes in the order of the ladder, role by role."""

    revision: Revision
    changes: Sequence[ShownChange]
    latest: int

    @cached_property
    def earlier(self) -> int | None:
        """The number of the revision before this one."""
        return self.revision.number - 1 or None

    @cached_property
    def later(self) -> int | None:
        """The number of the revision after this one."""
        return self.revision.number + 1 if self.revision.number < self.latest else None


def revision_page_of(skill: Skill, number: int) -> RevisionPage | None:
    """Return the page of a skill's revision in five queries, None where there is no such revision."""
    revision = skill.revisions.select_related("author").filter(number=number).first()
    if revision is None:
        return None
    revision.skill = skill
    changes = [Change.from_json(data) for data in revision.changes]
    roles = {role.key: role for role in Role.objects.filter(framework=skill.framework_id)}
    ladder = ladder_of(Level.objects.filter(framework=skill.framework_id))
    order = {step.slug: position for position, step in enumerate(ladder.steps)}
    groups = _group_names(skill)
    changes.sort(key=lambda change: (change.place.role, order.get(change.place.level, -1)) if change.place else ("", 0))
    shown = [_shown(change, roles, {step.slug: step for step in ladder.steps}, groups) for change in changes]
    latest = skill.revisions.order_by("-number").values_list("number", flat=True)[0]
    return RevisionPage(revision, shown, latest)


def _group_names(skill: Skill) -> Mapping[str, str]:
    """Return the groups of the skill's framework as changes name them, with their names."""
    groups = Group.objects.filter(domain__framework=skill.framework_id)
    rows = groups.values_list("domain__key", "key", "domain__name", "name")
    return {f"{domain_key}/{key}": f"{domain} › {name}" for domain_key, key, domain, name in rows}


def _shown(
    change: Change, roles: Mapping[str, Role], steps: Mapping[str, Step], groups: Mapping[str, str]
) -> ShownChange:
    before, after = (_html(change, value, groups) for value in (change.base, change.proposed))
    role = roles.get(change.place.role) if change.place else None
    step = steps.get(change.place.level) if change.place else None
    return ShownChange(
        label=_label(change, role, step),
        role=role,
        step=step,
        before=_side(change.base, before, after),
        after=_side(change.proposed, after, before),
    )


def _label(change: Change, role: Role | None, step: Step | None) -> str:
    if change.place:
        return " · ".join([role.name if role else change.place.role, step.name if step else change.place.level])
    return {
        Field.NAME: _("Name"),
        Field.SUMMARY: _("Summary"),
        Field.TAG_LINE: _("Tag line"),
        Field.GROUP: _("Group"),
    }[change.field]


def _html(change: Change, value: Value, groups: Mapping[str, str]) -> SafeString:
    if isinstance(value, Cell):
        return markdown.render(value.description)
    return escape(groups.get(value, value) if change.field is Field.GROUP and value else value or "")


def _side(value: Value, html: SafeString, other: SafeString) -> Side | None:
    """Return one side, None where nothing stood; words are marked only where there is something to compare with."""
    if not value:
        return None
    marked = mark_new(other, html) if other else html
    return Side(marked, value.obligation, value.proficiency) if isinstance(value, Cell) else Side(marked)
