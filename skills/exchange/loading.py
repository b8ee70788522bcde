"""Loads a framework file into the catalogue: all of it or nothing, and never over what people changed on the site.

The rules are explained in docs/data-format.md, "Loading again".
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from skills import revisions, search
from skills.content.changes import NO_CONTENT, Change, Field, Fit, SkillContent, find_changes
from skills.exchange.framework_file import FrameworkFile, SkillEntry, build_digest
from skills.exchange.loading_structure import load_structure, lock_framework, translate_taken_name
from skills.exchange.report import LoadReport
from skills.exchange.strict_json import format_value
from skills.models import CatalogueVersion, Framework, Revision, Role, Skill

HOUR_OF_UPDATE = time(12, tzinfo=UTC)  # noon, so that nearly every time zone shows the same day


def find_loaded_framework(content: bytes) -> Framework | None:
    """Return the framework whose file was loaded last with exactly this content, None if there is none.

    It takes one query and needs no parsing: at each start, most files are unchanged.
    """
    return Framework.objects.filter(loaded_digest=build_digest(content)).first()


def report_unchanged(framework: Framework) -> LoadReport:
    """Return the report for a framework whose file is the one that was loaded last.

    All of its skills count as unchanged, also those that people added here.
    """
    return LoadReport(skills_unchanged=framework.skills.exclude(status=Skill.Status.SUGGESTED).count())


def load(file: FrameworkFile) -> LoadReport:
    """Load a framework file in one transaction and return the counts of what was done.

    1. Lock the framework (a new one is created), then its skills.
    2. Update levels, roles, domains and groups; create and publish skills.
    3. Index the skills of renamed roles again; store the file's digest; advance the catalogue version.

    The same file as last time changes nothing, whatever people have changed on the site since.
    Raises `FileRefusedError` for a name that is taken, which only the database can find out.
    """
    with transaction.atomic():
        report = LoadReport()
        framework = lock_framework(file.framework, report)
        if framework.loaded_digest == file.digest:  # another process has loaded it meanwhile
            return report_unchanged(framework)
        skills = _lock_skills(framework)
        renamed = load_structure(framework, file, report)
        _load_skills(framework, skills, file.skills, report)
        _index_skills(renamed)
        Framework.objects.filter(pk=framework.pk).update(loaded_digest=file.digest)
        # Publishing a skill advances the version itself.
        if report.others_written:
            CatalogueVersion.objects.advance()
    return report


def _lock_skills(framework: Framework) -> dict[str, Skill]:
    """Return the skills by key, locked in the order of their primary keys, before the catalogue: as `publish` does."""
    skills = Skill.objects.select_for_update(of=("self",)).with_group().filter(framework=framework)
    skills = skills.exclude(status=Skill.Status.SUGGESTED).order_by("pk")
    return {skill.key: skill for skill in skills}


def _load_skills(
    framework: Framework, skills: Mapping[str, Skill], entries: Sequence[SkillEntry], report: LoadReport
) -> None:
    """Create the skills that are new in the file, publish the changes of the others, and count both."""
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
    # Skills that are no longer in the file are reported, not deleted.
    in_file = {entry.key for entry in entries}
    report.missing += [f"skill {format_value(skill.name)}" for key, skill in skills.items() if key not in in_file]


def _load_imported_contents(framework: Framework) -> dict[int, SkillContent]:
    """Return by skill id the content that the file had last time: the sum of all imported changes.

    The content stored with the latest import revision is not the same: it includes what people had changed before.
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
    with translate_taken_name(entry.where, entry.content.name):
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
    """Publish what changed in the file since it was last loaded; return whether anything did.

    A value that was changed on the site as well is kept, and reported.
    """
    # From what the file had last time to what it has now, compared with what the site has today.
    changes = []
    for change in find_changes(imported, entry.content):
        fit = change.compare_with(today)
        if fit is Fit.APPLIES:
            changes.append(change)
        elif fit is Fit.CONFLICTS:
            report.kept.append(f"skill {format_value(skill.name)}, {_describe_field(change)}")
        # `Fit.ALREADY_DONE` needs nothing.
    if changes:
        with translate_taken_name(entry.where, entry.content.name):
            _publish(skill, entry, changes)
    return bool(changes)


def _publish(skill: Skill, entry: SkillEntry, changes: Sequence[Change]) -> None:
    """Publish changes, dated with the update that the file names, or now."""
    published_at = _get_update_time(entry)
    latest = skill.revisions.aggregate(latest=Max("published_at"))["latest"]
    if published_at and latest and published_at <= latest:
        published_at = None  # a history does not run backwards
    revisions.publish(skill, changes, author=None, origin=Revision.Origin.IMPORT, published_at=published_at)


def _get_update_time(entry: SkillEntry) -> datetime | None:
    """Return the time of a skill's last update according to the file, never later than now; None without one."""
    if entry.updated is None:
        return None
    return min(datetime.combine(entry.updated, HOUR_OF_UPDATE), timezone.now())


def _describe_field(change: Change) -> str:
    if change.field is Field.REQUIREMENT and change.place:
        return f"requirement {change.place.role} · {change.place.level}"
    return change.field.value


def _index_skills(roles: Sequence[Role]) -> None:
    """Index the skills of renamed roles again: the search finds a skill by the names of its roles."""
    search.index(Skill.objects.filter(requirements__role__in=roles).values_list("pk", flat=True).distinct())
