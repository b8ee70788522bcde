"""Hiding and reverting everything that one account did, and putting all of it back.

A worker does it: it claims a sweep by a conditional update and holds it for `LEASE`, renewed
with each thing. Each thing is one transaction with the row that says what became of it, so
that who is killed has done each wholly or not at all, and who goes on begins where that ended.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community import rules
from community.models import ActKind, Sweep, SweptThing
from community.moderation import log, sweep_plan, targets
from community.moderation.refusals import AlreadyDone
from community.moderation.sweep_plan import SKILL_KIND, SkillRevert
from community.moderation.targets import ModerationTarget
from community.posting.refusals import InvalidInput, NotAllowed
from skills import revisions
from skills.content.changes import ChangedMeanwhile, InvalidChange
from skills.models import Revision, Skill
from skills.revisions import NothingToPublish

LEASE = timedelta(minutes=5)
UNFINISHED_STATES = (Sweep.State.ASKED, Sweep.State.UNDO_ASKED)
Result = SweptThing.Result


def start_sweep(person: User, administrator: User, reason: str) -> Sweep:
    """Have everything of somebody hidden and taken back; raises `NotAllowed`, `InvalidInput`, `AlreadyDone`."""
    _check_permission_and_reason(person, administrator, reason)
    try:
        with transaction.atomic():
            User.objects.select_for_update(no_key=True).get(pk=person.pk)
            sweep = Sweep.objects.create(person=person, asked_by=administrator, reason=log.remove_names(reason, person))
            things = sweep_plan.plan_sweep(person).things
            SweptThing.objects.bulk_create(
                SweptThing(sweep=sweep, kind=kind, thing_id=number) for kind, number in things
            )
            log.write(ActKind.SWEPT, administrator, person=person, target=("sweep", sweep.pk), reason=reason)
            _enqueue(sweep)
    except IntegrityError as error:
        raise AlreadyDone(_("Everything of this account is being hidden and reverted, or was already.")) from error
    return sweep


def undo_sweep(sweep: Sweep, administrator: User, reason: str) -> None:
    """Have all of a sweep put back, but for what was changed since.

    Raises `AlreadyDone` where it is undone already, and what `start_sweep` raises.
    """
    _check_permission_and_reason(sweep.person, administrator, reason)
    with transaction.atomic():
        asked = Sweep.objects.filter(pk=sweep.pk, state=Sweep.State.DONE)
        if not asked.update(state=Sweep.State.UNDO_ASKED):
            raise AlreadyDone(_("Only what is done can be undone, and only once."))
        log.write(ActKind.UNSWEPT, administrator, person=sweep.person, target=("sweep", sweep.pk), reason=reason)
        _enqueue(sweep)


def undo_active_sweep(person: User, administrator: User, reason: str) -> None:
    """Undo the active sweep of a person; raises as `undo_sweep` does, and `AlreadyDone` where there is none."""
    sweep = find_active_sweep(person)
    if sweep is None:
        raise AlreadyDone(_("There is nothing to undo."))
    undo_sweep(sweep, administrator, reason)


def find_active_sweep(person: User) -> Sweep | None:
    """Return the sweep of a person that is not undone, if there is one: the database allows no second."""
    return Sweep.objects.filter(person=person).exclude(state=Sweep.State.UNDONE).first()


def _check_permission_and_reason(person: User, administrator: User, reason: str) -> None:
    if not rules.may_sweep(administrator, person):
        raise NotAllowed(_("Administrators alone do this, and to no administrator."))
    if not reason.strip():
        raise InvalidInput(_("Say why: the log keeps it."))


def _enqueue(sweep: Sweep) -> None:
    transaction.on_commit(partial(carry_out_sweep.enqueue, sweep.pk))


def resume_unfinished_sweeps() -> None:
    """Go on with sweeps whose worker was interrupted, or whose task was lost."""
    for pk in list(
        Sweep.objects.filter(_build_free_condition(), state__in=UNFINISHED_STATES)
        .order_by("pk")
        .values_list("pk", flat=True)
    ):
        carry_out(pk)


def carry_out(pk: int) -> None:
    """Do what is left of a sweep, or of undoing it; nothing where another worker does."""
    if not Sweep.objects.filter(_build_free_condition(), pk=pk, state__in=UNFINISHED_STATES).update(
        leased_until=_get_lease_end()
    ):
        return
    sweep = Sweep.objects.select_related("person", "asked_by").get(pk=pk)
    is_undo = sweep.state == Sweep.State.UNDO_ASKED
    if not is_undo and not _is_still_allowed(sweep):
        sweep.things.filter(result=Result.PLANNED).update(result=Result.STAYS)
    left = Result.DONE if is_undo else Result.PLANNED
    order = "-pk" if is_undo else "pk"
    for number in list(sweep.things.filter(result=left).order_by(order).values_list("pk", flat=True)):
        with transaction.atomic():
            thing = SweptThing.objects.select_for_update().get(pk=number)
            if thing.result == left:
                _undo_thing(sweep, thing) if is_undo else _sweep_thing(sweep, thing)
        Sweep.objects.filter(pk=pk).update(leased_until=_get_lease_end())
    after = Sweep.State.UNDONE if is_undo else Sweep.State.DONE
    Sweep.objects.filter(pk=pk, state=sweep.state).update(state=after, leased_until=None)


def _is_still_allowed(sweep: Sweep) -> bool:
    """Whether the rule that was asked when it was ordered holds now, when the worker comes to it.

    The administrator may have lost the right meanwhile, or the account may be an administrator's by now. An
    administrator who ordered it with the right to do so, and then deleted their own account, does not end it.
    """
    if sweep.asked_by is None:
        return not sweep.person.is_superuser
    return rules.may_sweep(sweep.asked_by, sweep.person)


def _build_free_condition() -> Q:
    return Q(leased_until__isnull=True) | Q(leased_until__lt=timezone.now())


def _get_lease_end() -> object:
    return timezone.now() + LEASE


def _sweep_thing(sweep: Sweep, thing: SweptThing) -> None:
    if thing.kind == SKILL_KIND:
        skill = Skill.objects.with_group().get(pk=thing.thing_id)
        _publish(sweep, thing, sweep_plan.plan_skill_revert(skill, sweep.person), Result.DONE, Result.STAYS)
        return
    target = _lock(thing)
    if target is None or target.is_hidden or not target.may_be_swept:
        _save_result(thing, Result.STAYS)
        return
    target.mark_hidden()
    _save_result(thing, Result.DONE)


def _undo_thing(sweep: Sweep, thing: SweptThing) -> None:
    if thing.kind == SKILL_KIND:
        _publish(sweep, thing, sweep_plan.plan_skill_undo(thing), Result.UNDONE, Result.STAYS_DONE)
        return
    target = _lock(thing)
    if target is None or not target.is_hidden:
        _save_result(thing, Result.STAYS_DONE)
        return
    target.mark_shown()
    _save_result(thing, Result.UNDONE)


def _lock(thing: SweptThing) -> ModerationTarget | None:
    """Return what a row of a sweep names, locked; None where it is gone."""
    target = targets.find(thing.kind, thing.thing_id)
    return targets.lock(target.row) if target is not None else None


def _publish(sweep: Sweep, thing: SweptThing, skill_revert: SkillRevert, done: str, stays: str) -> None:
    """Publish what leads back as one revision; what changed between plan and lock stays for the next look."""
    summary = _("Everything of an account taken back") if done == Result.DONE else _("Taken back no more")
    try:
        with transaction.atomic():
            revision = revisions.publish(
                skill_revert.skill,
                skill_revert.changes,
                author=sweep.asked_by,
                origin=Revision.Origin.REVERT,
                summary=summary,
            )
    except (ChangedMeanwhile, InvalidChange, NothingToPublish):
        _save_result(thing, stays, kept=sweep_plan.list_changed_fields([*skill_revert.kept, *skill_revert.changes]))
        return
    _save_result(thing, done, revision=revision.pk, kept=sweep_plan.list_changed_fields(skill_revert.kept))


def _save_result(thing: SweptThing, result: str, *, revision: int | None = None, kept: Sequence[object] = ()) -> None:
    thing.result, thing.revision_id, thing.kept_fields = result, revision or thing.revision_id, list(kept)
    thing.save(update_fields=["result", "revision_id", "kept_fields"])


@task
def carry_out_sweep(sweep_id: int) -> None:
    """Hide and take back everything of an account, or put it back."""
    carry_out(sweep_id)
