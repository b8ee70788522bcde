"""What a form of a suggestion lets people choose from: statuses, groups, obligations."""

from django.db.models import Q

from skills.content.changes import (
    DUPLICATE_PREFIX,
    FIELD_LABELS,
    PROPOSABLE_STATUSES,
    SUGGESTED_CONTENT,
    Field,
    describe_status,
)
from skills.models import Group, Skill


def get_field_label(field: Field) -> str:
    """Return what a field of a skill is called on pages."""
    return str(FIELD_LABELS[field])


def list_status_choices(skill: Skill) -> dict[str, str]:
    """Return what may become of a skill, as content has it, in words: it stays, it goes, it is the same as another."""
    if skill.is_suggested:
        return {
            status: describe_status(status, {}) for status in (SUGGESTED_CONTENT.status, Skill.Status.CURRENT.value)
        }
    others = Skill.objects.filter(framework=skill.framework_id).filter(Q(status="current") | Q(pk=skill.same_as_id))
    names = dict(others.exclude(pk=skill.pk).order_by("name", "pk").values_list("key", "name"))
    known = [*sorted(PROPOSABLE_STATUSES), *(DUPLICATE_PREFIX + key for key in names)]
    return {status: describe_status(status, names) for status in known}


def list_group_choices(skill: Skill) -> dict[str, str]:
    """Return the groups of the skill's framework, by "domain key/group key", as people read them."""
    rows = Group.objects.filter(domain__framework=skill.framework_id).order_by(
        "domain__position", "domain__name", "position", "name"
    )
    return {
        f"{domain}/{group}": f"{domain_name} › {name}"
        for domain, group, domain_name, name in rows.values_list("domain__key", "key", "domain__name", "name")
    }
