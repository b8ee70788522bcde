"""What happened, written down in the transaction that made it happen."""

from functools import partial

from django.db import transaction

from community import watching
from community.models import Event, Kind
from community.tasks import tell
from skills.models import Revision, Role, Significance
from skills.revisions import Field


def content_changed(revision: Revision) -> None:
    """Write down that a skill changed, and have people told; called by `skills.revisions`.

    A typo is no event. Nor is what nobody watches at this moment: who begins to watch
    later is not told of what was before. The number of watchers makes no difference here.
    """
    if revision.significance == Significance.TYPO:
        return
    role_ids = _touched_roles(revision)
    if not watching.is_watched(revision.skill, role_ids):
        return
    event = Event.objects.create(
        kind=Kind.CONTENT_CHANGED,
        skill=revision.skill,
        revision=revision,
        actor_id=revision.author_id,
        significance=revision.significance,
        role_ids=role_ids,
    )
    transaction.on_commit(partial(tell.enqueue, event.pk))


def _touched_roles(revision: Revision) -> list[int]:
    """Return the roles whose cells changed; all of the skill's roles when it is new or changed as a whole."""
    keys = {change["role"] for change in revision.changes if change["field"] == Field.REQUIREMENT}
    is_whole = revision.number == 1 or any(change["field"] != Field.REQUIREMENT for change in revision.changes)
    if is_whole:
        keys |= {cell["role"] for cell in revision.content["requirements"]}
    if not keys:
        return []
    roles = Role.objects.filter(framework=revision.skill.framework_id, key__in=keys)
    return list(roles.order_by("pk").values_list("pk", flat=True))
