"""Loads everything of a framework file except skills: updates rows in place, recognises renamed ones by their key."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict

from django.db import IntegrityError, models, transaction
from django.db.models import F, Max

from skills.content import naming
from skills.content.changes import NameTaken
from skills.exchange.framework_file import DomainEntry, FrameworkEntry, FrameworkFile, GroupEntry, LevelEntry, RoleEntry
from skills.exchange.report import LoadReport
from skills.exchange.strict_json import FileFault, FileRefusedError, format_value
from skills.models import CatalogueVersion, Domain, Framework, Group, Level, Role, RoleLevel

RANK_OFFSET = 10_000  # added to all ranks while levels are reordered

type StructureObject = Role | Domain | Group
type StructureEntry = RoleEntry | DomainEntry | GroupEntry


def lock_framework(entry: FrameworkEntry, report: LoadReport) -> Framework:
    """Return the framework of a file with its row locked; create it if it is new, after all others.

    A second load of the same framework waits until the transaction ends. Counts a new framework in `report`.
    """
    # `_get_next_position` is called only if the framework is created.
    framework, created = Framework.objects.get_or_create(
        slug=entry.slug, defaults=asdict(entry) | {"position": _get_next_position}
    )
    report.count(created=created, changed=False)
    # `no_key`: other rows may still refer to the framework. A transaction that adds a skill meanwhile holds
    # the lock on the catalogue already and must not wait for this row: that would be a deadlock.
    return Framework.objects.select_for_update(no_key=True).get(pk=framework.pk)


def load_structure(framework: Framework, file: FrameworkFile, report: LoadReport) -> list[Role]:
    """Update framework, levels, roles, domains and groups, and return the roles that were renamed.

    `framework` is locked by `lock_framework`. Rows that are no longer in the file are kept and listed in `report`.
    Raises `FileRefusedError` for a name that is taken.
    """
    report.count(changed=_update(framework, **asdict(file.framework)))
    levels = _load_levels(framework, file.levels, report)
    roles = {role.key: role for role in framework.roles.all()}
    renamed = _load_roles(framework, roles, file.roles, report)
    _load_role_levels(roles, levels, file.roles, report)
    _load_domains(framework, file.domains, report)
    return renamed


@contextmanager
def translate_taken_name(where: str, name: str) -> Iterator[None]:
    """Run a block in a transaction of its own; raises `FileRefusedError` if it writes a name that is taken.

    `where` is the path in the file and `name` the name; both are for the message.
    """
    # A nested `atomic` is a savepoint: PostgreSQL would refuse every query after the error otherwise.
    try:
        with transaction.atomic():
            yield
    except (IntegrityError, NameTaken) as error:
        reason = f"the name {format_value(name)} belongs to something else here, which has to be renamed first"
        raise FileRefusedError([FileFault(where, reason)]) from error


def _get_next_position() -> int:
    return (Framework.objects.aggregate(last=Max("position"))["last"] or 0) + 1


def _load_levels(framework: Framework, entries: Sequence[LevelEntry], report: LoadReport) -> Mapping[str, Level]:
    """Write the levels and return all of them by slug; those no longer in the file go to the end of their track."""
    levels = {level.slug: level for level in framework.levels.order_by("track", "rank")}
    before = {slug: _build_entry(level) for slug, level in levels.items()}
    left_over = [entry for slug, entry in before.items() if slug not in {other.slug for other in entries}]
    report.missing += [f"level {format_value(entry.name)}" for entry in left_over]
    after = [*entries, *_rank_last(left_over, entries)]
    if any(
        _get_track_and_rank(before[entry.slug]) != _get_track_and_rank(entry) for entry in after if entry.slug in before
    ):
        # A transaction that adds a skill holds this lock, and may be about to refer to these levels.
        CatalogueVersion.objects.lock()
        # Ranks are unique in a track at every moment: first move all of them out of the way.
        framework.levels.update(rank=F("rank") + RANK_OFFSET)
        for level in levels.values():
            level.rank += RANK_OFFSET
    # Written one by one, in the order of their new ranks.
    for entry in after:
        if entry.slug in levels:
            _update(levels[entry.slug], **asdict(entry))
            report.count(changed=before[entry.slug] != entry)
        else:
            levels[entry.slug] = framework.levels.create(**asdict(entry))
            report.count(created=True)
    return levels


def _build_entry(level: Level) -> LevelEntry:
    return LevelEntry(level.slug, level.name, level.track, level.rank)


def _get_track_and_rank(entry: LevelEntry) -> tuple[str, int]:
    return entry.track, entry.rank


def _rank_last(left_over: Iterable[LevelEntry], entries: Iterable[LevelEntry]) -> Iterator[LevelEntry]:
    """Yield levels with new ranks, after the last one of their track."""
    # Entries are in the order of their ranks: the last one of a track remains in the dict.
    ranks: dict[str, int] = {entry.track: entry.rank for entry in entries}
    for entry in left_over:
        ranks[entry.track] = ranks.get(entry.track, 0) + 1
        yield LevelEntry(entry.slug, entry.name, entry.track, ranks[entry.track])


def _load_roles(
    framework: Framework, roles: dict[str, Role], entries: Sequence[RoleEntry], report: LoadReport
) -> list[Role]:
    """Write the roles and return the renamed ones; new roles are added to `roles`."""
    renamed = []
    for entry in entries:
        role = roles.setdefault(entry.key, Role(framework=framework, key=entry.key))
        if _store(role, entry, report, introduction=entry.introduction):
            renamed.append(role)
    _report_missing("role", roles, entries, report)
    return renamed


def _load_role_levels(
    roles: Mapping[str, Role], levels: Mapping[str, Level], entries: Sequence[RoleEntry], report: LoadReport
) -> None:
    """Write titles and introductions, and delete those that are no longer in the file."""
    in_file = [roles[entry.key].pk for entry in entries]
    # Roles that are no longer in the file keep theirs.
    rows = {(row.role_id, row.level_id): row for row in RoleLevel.objects.filter(role__in=in_file)}
    new = []
    for role in entries:
        for entry in role.levels:
            place = roles[role.key].pk, levels[entry.level_slug].pk
            row = rows.pop(place, None)
            if row is None:
                texts = {"title": entry.title, "introduction": entry.introduction}
                new.append(RoleLevel(role_id=place[0], level_id=place[1], **texts))
            else:
                report.count(changed=_update(row, title=entry.title, introduction=entry.introduction))
    RoleLevel.objects.bulk_create(new)
    # Each entry took its row out of `rows`: the file has no entry for the remaining ones.
    RoleLevel.objects.filter(pk__in=[row.pk for row in rows.values()]).delete()
    report.others_created += len(new)
    report.others_changed += len(rows)


def _load_domains(framework: Framework, entries: Sequence[DomainEntry], report: LoadReport) -> None:
    domains = {domain.key: domain for domain in framework.domains.all()}
    for position, entry in enumerate(entries, start=1):
        domain = domains.setdefault(entry.key, Domain(framework=framework, key=entry.key))
        _store(domain, entry, report, position=position)
        _load_groups(domain, entry.groups, report)
    _report_missing("domain", domains, entries, report)


def _load_groups(domain: Domain, entries: Sequence[GroupEntry], report: LoadReport) -> None:
    groups = {group.key: group for group in domain.groups.all()}
    for position, entry in enumerate(entries, start=1):
        group = groups.setdefault(entry.key, Group(domain=domain, key=entry.key))
        _store(group, entry, report, position=position)
    _report_missing("group", groups, entries, report)


def _store(obj: StructureObject, entry: StructureEntry, report: LoadReport, **values: object) -> bool:
    """Save a new or existing object with the name of its entry and further values; return whether it was renamed."""
    created = obj._state.adding
    renamed = not created and obj.name != entry.name
    # An update without a new name cannot fail on a taken name, and needs no savepoint.
    changed = not created and _update(obj, **values)
    if created or renamed:
        with translate_taken_name(entry.where, entry.name):
            if created:
                _insert(obj, entry.name, values)
            else:
                naming.rename(obj, entry.name)
    report.count(created=created, changed=renamed or changed)
    return renamed


def _insert(obj: StructureObject, name: str, values: Mapping[str, object]) -> None:
    for field, value in {"name": name, **values}.items():
        setattr(obj, field, value)
    naming.assign_slug(obj)
    obj.save(force_insert=True)


def _update(obj: models.Model, **values: object) -> bool:
    """Save the values that differ from those of the object; return whether any did."""
    changed = [name for name, value in values.items() if getattr(obj, name) != value]
    for name in changed:
        setattr(obj, name, values[name])
    if changed:
        obj.save(update_fields=changed)
    return bool(changed)


def _report_missing(
    what: str, objects: Mapping[str, StructureObject], entries: Sequence[StructureEntry], report: LoadReport
) -> None:
    in_file = {entry.key for entry in entries}
    report.missing += [f"{what} {format_value(obj.name)}" for key, obj in objects.items() if key not in in_file]
