"""The choices in a suggestion's form: statuses and groups, and the labels of a skill's fields."""

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
    """Return the label of a skill's field, in the reader's language.

    The labels are lazy translations; the result is a plain string in the language that is active now.
    """
    return str(FIELD_LABELS[field])


def list_status_choices(skill: Skill) -> dict[str, str]:
    """Return the statuses that a suggestion may give a skill, each with its label in the reader's language.

    The keys are values of `SkillContent.status`: the skill is current, retired, or a duplicate of another skill
    of its framework ("same-as/" and the other's key). A suggested skill stays suggested or becomes current.
    """
    if skill.is_suggested:
        return {
            status: describe_status(status, {}) for status in (SUGGESTED_CONTENT.status, Skill.Status.CURRENT.value)
        }
    # The skill that this one is a duplicate of now stays a choice, even if it was retired since.
    others = Skill.objects.filter(framework=skill.framework_id).filter(Q(status="current") | Q(pk=skill.same_as_id))
    names = dict(others.exclude(pk=skill.pk).order_by("sort_key", "pk").values_list("key", "name"))
    statuses = [*sorted(PROPOSABLE_STATUSES), *(DUPLICATE_PREFIX + key for key in names)]
    return {status: describe_status(status, names) for status in statuses}


def list_group_choices(skill: Skill) -> dict[str, str]:
    """Return the groups of the skill's framework, by "domain key/group key", with labels like "Domain › Group".

    The order is that of the framework: domains by position, and the groups of each by position.
    """
    rows = Group.objects.filter(domain__framework=skill.framework_id).order_by(
        "domain__position", "domain__sort_key", "domain_id", "position", "sort_key", "pk"
    )
    return {
        f"{domain}/{group}": f"{domain_name} › {name}"
        for domain, group, domain_name, name in rows.values_list("domain__key", "key", "domain__name", "name")
    }
