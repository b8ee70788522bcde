"""Write a skill's content into its rows; `skills.revisions.publishing` decides what is written."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from skills.content import naming
from skills.content.changes import (
    NO_CONTENT,
    Change,
    Field,
    InvalidChange,
    NameTaken,
    SkillContent,
    find_changes,
    get_original_key,
)
from skills.content.matrix import Cell
from skills.models import CatalogueVersion, Framework, Group, Level, Requirement, Role, Skill
from skills.text.folding import build_look_key, normalize_case

# Messages that forms show at a field.
NAME_TAKEN = gettext_lazy("There is a skill “%(name)s” in this group already, or there was one.")
GROUP_UNKNOWN = gettext_lazy("There is no such group in this framework.")
ORIGINAL_GONE = gettext_lazy("The skill that this is a duplicate of no longer exists.")


def lock_skill(skill: Skill, changes: Sequence[Change]) -> Skill:
    """Lock a skill's row until the transaction ends and return its current state, loaded `with_group`.

    If a change makes the skill a duplicate, the row of the other skill is locked as well.
    """
    keys = {get_original_key(str(change.proposed)) for change in changes if change.field is Field.STATUS} - {""}
    originals = Skill.objects.filter(framework=skill.framework_id, key__in=keys).values("pk") if keys else []
    rows = Skill.objects.select_for_update(of=("self",)).with_group().filter(Q(pk=skill.pk) | Q(pk__in=originals))
    # Always in the order of primary keys, so that two transactions never wait for each other (no deadlock).
    return {row.pk: row for row in rows.order_by("pk")}[skill.pk]


def write(skill: Skill, before: SkillContent, after: SkillContent, changes: Sequence[Change]) -> None:
    """Write the content `after` into the rows of a locked skill.

    `before` is its current content, `changes` are the differences between both.

    1. Write name, group and texts; a suggested skill also gets its key and slug.
    2. Write the status, and of which skill it is a duplicate.
    3. Write the requirements, or delete all of them if the skill is not current any more.

    Raises `InvalidChange` if the framework does not have what a change names, `NameTaken` for a taken name.
    """
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
    # A skill that becomes current again has no requirement rows yet: write all of them, not only the changed ones.
    was_current = before.status == Skill.Status.CURRENT
    cells = changes if was_current else find_changes(NO_CONTENT, after)
    write_cells(skill, [change for change in cells if change.field is Field.REQUIREMENT])


def _write_fields(skill: Skill, fields: Mapping[Field, Change]) -> None:
    """Write the changed name, group and texts of a skill that has been published before."""
    if Field.NAME in fields or Field.GROUP in fields:
        name = str(fields[Field.NAME].proposed) if Field.NAME in fields else skill.name
        if Field.GROUP in fields:
            skill.group = get_group(skill.framework, fields[Field.GROUP])
        require_free_name(skill.group, name, skill.pk)
        if Field.GROUP in fields:
            skill.name = name  # together with the group, because the new group may have a skill of the old name
            skill.save(update_fields=["group", "name"])
        if Field.NAME in fields:
            naming.rename(skill, name)  # gives a new slug and keeps the former address
    for field in (Field.SUMMARY, Field.TAG_LINE):
        if field in fields:
            setattr(skill, field.value, fields[field].proposed)
            skill.save(update_fields=[field.value])


def _write_first(skill: Skill, after: SkillContent) -> None:
    """Write name, group and texts of a suggested skill, and its key and slug unless it was published before."""
    if not after.name or after.status != Skill.Status.CURRENT:
        raise InvalidChange(Change(Field.NAME, "", after.name), _("A skill needs a name."))
    skill.group = get_group(skill.framework, Change(Field.GROUP, "", after.group))
    require_free_name(skill.group, after.name, skill.pk)
    skill.name, skill.summary, skill.tag_line = after.name, after.summary, after.tag_line
    # A skill that was unpublished keeps its key, which is in its revisions, and its address.
    if not skill.revisions.exists():
        skill.key = naming.find_free_key(skill.framework.skills.exclude(pk=skill.pk), after.name)
        naming.assign_slug(skill)
    skill.save(update_fields=["group", "name", "summary", "tag_line", "key", "slug"])


def _write_status(skill: Skill, change: Change) -> None:
    """Write the status; a skill that is the same as another one is retired and points to the other."""
    skill.same_as = get_original(skill, change)
    skill.status = Skill.Status.RETIRED if skill.same_as else Skill.Status(str(change.proposed))
    skill.save(update_fields=["status", "same_as"])


def require_free_name(group: Group, name: str, skill_id: int | None) -> None:
    """Raise `NameTaken` if a group has, or had, another skill of this name.

    `skill_id` is the skill that wants the name, None for a new one. Takes the catalogue's lock and holds it until
    the transaction ends.
    """
    # Two writers could otherwise both find the name free.
    CatalogueVersion.objects.lock()
    if reason := explain_taken_name(group, name, skill_id):
        raise NameTaken(Change(Field.NAME, None, name), reason)


def explain_taken_name(group: Group, name: str, skill_id: int | None) -> str:
    """Return a message, in the active language, that a group has or had another skill of this name.

    '' if the name is free. `skill_id` is the skill that wants the name, None for a new one. Retired skills keep
    their names; skills that are only suggested do not take any. Upper and lower case make no difference.
    """
    # The framework, which follows from the group, is part of the index of the keys.
    others = Skill.objects.filter(has_similar_name(name), framework=group.domain.framework_id, group=group)
    others = others.exclude(Q(status=Skill.Status.SUGGESTED) | Q(pk=skill_id))
    wanted = normalize_case(name)
    taken = next((other for other in others.values_list("name", flat=True) if normalize_case(other) == wanted), "")
    return str(NAME_TAKEN) % {"name": taken} if taken else ""


def has_similar_name(name: str) -> Q:
    """Return the condition that a skill has this name, or one that a reader may take for the same.

    The exact name is found even without a key: processes of an earlier version write none.
    """
    key = build_look_key(name)
    return Q(look_key__in=[key, ""]) & (Q(look_key=key) | Q(name=name))  # `in` first, for the index


def get_original(skill: Skill, change: Change) -> Skill | None:
    """Return the skill of which a change of the status makes this one a duplicate, None for any other status.

    Raises `InvalidChange` if there is no such current skill in the framework, or if it is the skill itself.
    """
    key = get_original_key(str(change.proposed))
    if not key:
        return None
    original = Skill.objects.current().filter(framework=skill.framework_id, key=key).exclude(pk=skill.pk).first()
    if original is None:
        raise InvalidChange(change, str(ORIGINAL_GONE))
    return original


def get_group(framework: Framework, change: Change) -> Group:
    """Return the group that a change proposes, with its domain.

    The proposed value is "domain key/group key". Raises `InvalidChange` if the framework has no such group.
    """
    domain, _slash, key = str(change.proposed).partition("/")
    groups = Group.objects.select_related("domain").filter(domain__framework=framework, domain__key=domain, key=key)
    group = groups.first()
    if group is None:
        raise InvalidChange(change, str(GROUP_UNKNOWN))
    return group


def write_cells(skill: Skill, changes: Sequence[Change]) -> None:
    """Write changes of requirements into rows, in three statements for any number of them.

    All `changes` are changes of requirements: a `Cell` as proposed value creates or updates a row, None deletes it.
    Raises `InvalidChange` for a role or a level that the framework does not have.
    """
    if not changes:
        return
    roles = dict(Role.objects.filter(framework=skill.framework_id).values_list("key", "pk"))
    levels = dict(Level.objects.filter(framework=skill.framework_id).values_list("slug", "pk"))
    existing = {(row.role_id, row.level_id): row for row in skill.requirements.all()}
    new, changed, deleted_ids = [], [], []
    for change in changes:
        assert change.place is not None
        if change.place.role not in roles or change.place.level not in levels:
            raise InvalidChange(change, _("There is no such role or level in this framework."))
        role_id, level_id = roles[change.place.role], levels[change.place.level]
        row = existing.get((role_id, level_id))
        if not isinstance(change.proposed, Cell):
            deleted_ids.append((row or Requirement()).pk)  # None without a row, which matches nothing
            continue
        fields = asdict(change.proposed)
        if row is None:
            new.append(Requirement(skill=skill, role_id=role_id, level_id=level_id, **fields))
        else:
            changed.append(Requirement(pk=row.pk, skill=skill, role_id=role_id, level_id=level_id, **fields))
    skill.requirements.filter(pk__in=deleted_ids).delete()
    Requirement.objects.bulk_update(changed, ["description", "obligation", "proficiency"])
    Requirement.objects.bulk_create(new)
