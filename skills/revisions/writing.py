"""A skill's content into rows: what `skills.revisions` has decided, and nothing else, is written here."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from django.db.models import Q
from django.utils.translation import gettext as _

from skills.content import naming
from skills.content.changes import (
    NO_CONTENT,
    Change,
    Field,
    InvalidChange,
    NameTaken,
    SkillContent,
    find_changes,
    get_duplicate_key,
)
from skills.content.matrix import Cell
from skills.models import CatalogueVersion, Framework, Group, Level, Requirement, Role, Skill


def lock_skill(skill: Skill, changes: Sequence[Change]) -> Skill:
    """Return the skill as it stands, its row locked until the transaction ends, and with it the one it is said to be.

    Rows are locked in the order of their primary keys, so that two of these never wait for each other.
    """
    keys = {get_duplicate_key(str(change.proposed)) for change in changes if change.field is Field.STATUS} - {""}
    twins = Skill.objects.filter(framework=skill.framework_id, key__in=keys).values("pk") if keys else []
    rows = Skill.objects.select_for_update(of=("self",)).with_group().filter(Q(pk=skill.pk) | Q(pk__in=twins))
    return {row.pk: row for row in rows.order_by("pk")}[skill.pk]


def write(skill: Skill, before: SkillContent, after: SkillContent, changes: Sequence[Change]) -> None:
    """Bring a locked skill's rows from one content to another, which differ by `changes`; raises `InvalidChange`."""
    fields: dict[Field, Change] = {change.field: change for change in changes if change.field is not Field.REQUIREMENT}
    if before.status == Skill.Status.SUGGESTED:
        _write_first(skill, after)
    else:
        _write_fields(skill, fields)
    if Field.STATUS in fields:
        _write_status(skill, fields[Field.STATUS])
    if not skill.is_current:
        skill.requirements.all().delete()
        return
    was_current = before.status == Skill.Status.CURRENT
    cells = changes if was_current else find_changes(NO_CONTENT, after)
    write_cells(skill, [change for change in cells if change.field is Field.REQUIREMENT])


def _write_fields(skill: Skill, fields: Mapping[Field, Change]) -> None:
    if Field.NAME in fields or Field.GROUP in fields:
        name = str(fields[Field.NAME].proposed) if Field.NAME in fields else skill.name
        if Field.GROUP in fields:
            skill.group = get_group(skill.framework, fields[Field.GROUP])
        refuse_taken_name(skill.group, name, skill.pk)
        if Field.GROUP in fields:
            skill.name = name  # with the group, as the group may have another skill of the old name
            skill.save(update_fields=["group", "name"])
        if Field.NAME in fields:
            naming.rename(skill, name)
    for field in (Field.SUMMARY, Field.TAG_LINE):
        if field in fields:
            setattr(skill, field.value, fields[field].proposed)
            skill.save(update_fields=[field.value])


def _write_first(skill: Skill, after: SkillContent) -> None:
    """Give a suggested skill its name and place; its key and address too, unless it had been published before."""
    if not after.name or after.status != Skill.Status.CURRENT:
        raise InvalidChange(Change(Field.NAME, "", after.name), _("A skill needs a name."))
    skill.group = get_group(skill.framework, Change(Field.GROUP, "", after.group))
    refuse_taken_name(skill.group, after.name, skill.pk)
    skill.name, skill.summary, skill.tag_line = after.name, after.summary, after.tag_line
    if not skill.revisions.exists():
        skill.key = naming.find_free_key(skill.framework.skills.exclude(pk=skill.pk), after.name)
        naming.assign_slug(skill)
    skill.save(update_fields=["group", "name", "summary", "tag_line", "key", "slug"])


def _write_status(skill: Skill, change: Change) -> None:
    skill.same_as = get_duplicate(skill, change)
    skill.status = Skill.Status.RETIRED if skill.same_as else Skill.Status(str(change.proposed))
    skill.save(update_fields=["status", "same_as"])


def refuse_taken_name(group: Group, name: str, pk: int | None) -> None:
    """Raise `NameTaken` when a group has another skill of this name. Holds the catalogue's lock from here on."""
    CatalogueVersion.objects.lock()
    if reason := explain_taken_name(group, name, pk):
        raise NameTaken(Change(Field.NAME, None, name), reason)


def explain_taken_name(group: Group, name: str, pk: int | None) -> str:
    """Return in the reader's language that a group has another skill of this name, or had one; '' where it has none.

    What is only suggested takes no name.
    """
    others = Skill.objects.filter(group=group, name=name).exclude(Q(status=Skill.Status.SUGGESTED) | Q(pk=pk))
    if not others.exists():
        return ""
    return _("There is a skill “%(name)s” in this group already, or there was one.") % {"name": name}


def get_duplicate(skill: Skill, change: Change) -> Skill | None:
    """Return the skill that a change of the status names as the same one, if any; raises `InvalidChange`."""
    key = get_duplicate_key(str(change.proposed))
    if not key:
        return None
    twin = Skill.objects.current().filter(framework=skill.framework_id, key=key).exclude(pk=skill.pk).first()
    if twin is None:
        raise InvalidChange(change, _("The skill that this one is said to be the same as is not there any more."))
    return twin


def get_group(framework: Framework, change: Change) -> Group:
    """Return the group that a change of the group names; raises `InvalidChange`."""
    domain, _slash, key = str(change.proposed).partition("/")
    group = Group.objects.select_related("domain").filter(domain__framework=framework, domain__key=domain, key=key)
    found = group.first()
    if found is None:
        raise InvalidChange(change, _("There is no such group in this framework."))
    return found


def write_cells(skill: Skill, changes: Sequence[Change]) -> None:
    """Write requirements in three statements, however many there are.

    Raises `InvalidChange` for a role or a level that the framework does not have.
    """
    if not changes:
        return
    roles = dict(Role.objects.filter(framework=skill.framework_id).values_list("key", "pk"))
    levels = dict(Level.objects.filter(framework=skill.framework_id).values_list("slug", "pk"))
    existing = {(row.role_id, row.level_id): row for row in skill.requirements.all()}
    new, changed, gone = [], [], []
    for change in changes:
        assert change.place is not None
        if change.place.role not in roles or change.place.level not in levels:
            raise InvalidChange(change, _("There is no such role or level in this framework."))
        role, level = roles[change.place.role], levels[change.place.level]
        row = existing.get((role, level))
        if not isinstance(change.proposed, Cell):
            gone.append((row or Requirement()).pk)
            continue
        fields = asdict(change.proposed)
        if row is None:
            new.append(Requirement(skill=skill, role_id=role, level_id=level, **fields))
        else:
            changed.append(Requirement(pk=row.pk, skill=skill, role_id=role, level_id=level, **fields))
    skill.requirements.filter(pk__in=gone).delete()
    Requirement.objects.bulk_update(changed, ["description", "obligation", "proficiency"])
    Requirement.objects.bulk_create(new)
