"""A framework file into the catalogue: all of it or nothing, and never over what people changed on the site.

The rules, as a reader meets them, are in docs/data-format.md "Loading again".
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from skills import revisions, search
from skills.content.changes import NO_CONTENT, Change, Field, Fit, SkillContent, find_changes
from skills.exchange.framework_file import FrameworkFile, SkillEntry
from skills.exchange.loading_structure import load_structure, lock_framework, refuse_taken_name
from skills.exchange.report import LoadReport
from skills.exchange.strict_json import format_value
from skills.models import CatalogueVersion, Framework, Revision, Role, Skill

HOUR_OF_UPDATE = time(12, tzinfo=UTC)  # so that it is that day wherever it is read


def load(file: FrameworkFile) -> LoadReport:
    """Bring the catalogue up to date with a file in one transaction and return what was done.

    The very file that was loaded last changes nothing, whatever people have changed here since.
    Raises `FileRefusedError` for what only the database can tell, a name that is taken.
    """
    with transaction.atomic():
        report = LoadReport()
        framework = lock_framework(file.framework, report)
        if framework.loaded_digest == file.digest:
            report.skills_unchanged = framework.skills.exclude(status=Skill.Status.SUGGESTED).count()
            return report
        skills = _lock_skills(framework)
        renamed = load_structure(framework, file, report)
        _load_skills(framework, skills, file.skills, report)
        _index_skills(renamed)
        Framework.objects.filter(pk=framework.pk).update(loaded_digest=file.digest)
        if report.others_written:
            CatalogueVersion.objects.advance()
    return report


def _lock_skills(framework: Framework) -> dict[str, Skill]:
    """Return the skills by key, locked in one order and before any slug is: as `publish` does it."""
    skills = Skill.objects.select_for_update(of=("self",)).with_group().filter(framework=framework)
    skills = skills.exclude(status=Skill.Status.SUGGESTED).order_by("pk")
    return {skill.key: skill for skill in skills}


def _load_skills(
    framework: Framework, skills: Mapping[str, Skill], entries: Sequence[SkillEntry], report: LoadReport
) -> None:
    today = revisions.get_contents(list(skills.values()))
    imported = _load_imported_contents(framework)
    for entry in entries:
        skill = skills.get(entry.key)
        if skill is None:
            _create(framework, entry)
            report.skills_created += 1
        elif _update_skill(skill, entry, today[skill.pk], imported.get(skill.pk, NO_CONTENT), report):
            report.skills_changed += 1
        else:
            report.skills_unchanged += 1
    in_file = {entry.key for entry in entries}
    report.missing += [f"skill {format_value(skill.name)}" for key, skill in skills.items() if key not in in_file]


def _load_imported_contents(framework: Framework) -> dict[int, SkillContent]:
    """Return for each skill what the file last said of it: the sum of all that was imported.

    The content an import revision keeps will not do: it holds what people had changed before it, too.
    """
    contents: dict[int, SkillContent] = {}
    imports = Revision.objects.filter(skill__framework=framework, origin=Revision.Origin.IMPORT)
    for skill_id, changes in imports.order_by("skill_id", "number").values_list("skill_id", "changes"):
        content = contents.get(skill_id, NO_CONTENT)
        for change in changes:
            content = content.apply(Change.from_json(change))
        contents[skill_id] = content
    return contents


def _create(framework: Framework, entry: SkillEntry) -> None:
    with refuse_taken_name(entry.where, entry.content.name):
        revisions.create(
            framework,
            entry.key,
            entry.content,
            author=None,
            origin=Revision.Origin.IMPORT,
            published_at=_get_update_time(entry),
        )


def _update_skill(
    skill: Skill, entry: SkillEntry, today: SkillContent, imported: SkillContent, report: LoadReport
) -> bool:
    """Publish what the file changed since it was last loaded, where nobody changed it here; returns if anything."""
    changes = []
    for change in find_changes(imported, entry.content):
        fit = change.compare_with(today)
        if fit is Fit.APPLIES:
            changes.append(change)
        elif fit is Fit.CONFLICTS:
            report.kept.append(f"skill {format_value(skill.name)}, {_describe_field(change)}")
    if changes:
        with refuse_taken_name(entry.where, entry.content.name):
            _publish(skill, entry, changes)
    return bool(changes)


def _publish(skill: Skill, entry: SkillEntry, changes: Sequence[Change]) -> None:
    day = _get_update_time(entry)
    latest = skill.revisions.aggregate(latest=Max("published_at"))["latest"]
    if day and latest and day <= latest:
        day = None  # a history does not run backwards
    revisions.publish(skill, changes, author=None, origin=Revision.Origin.IMPORT, published_at=day)


def _get_update_time(entry: SkillEntry) -> datetime | None:
    """Return when the file says a skill was updated, but never a time to come."""
    if entry.updated is None:
        return None
    return min(datetime.combine(entry.updated, HOUR_OF_UPDATE), timezone.now())


def _describe_field(change: Change) -> str:
    if change.field is Field.REQUIREMENT and change.place:
        return f"requirement {change.place.role} · {change.place.level}"
    return change.field.value


def _index_skills(roles: Sequence[Role]) -> None:
    """The search knows skills by the names of their roles."""
    search.index(Skill.objects.filter(requirements__role__in=roles).values_list("pk", flat=True).distinct())
