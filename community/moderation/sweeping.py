"""Sweeps: hiding and reverting everything that one account did, and putting all of it back.

A worker carries a sweep out. It claims the sweep with a conditional update and holds it for `LEASE`, which it
renews after each thing. Each thing is one transaction together with the row that holds its result. So a worker that
is killed has done each thing completely or not at all, and the next worker continues where it stopped.
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
from community.posting.refusals import Gone, InvalidInput, NotAllowed
from skills import revisions
from skills.content.changes import ChangedMeanwhile, InvalidChange
from skills.models import Revision, Skill
from skills.revisions import NothingToPublish

LEASE = timedelta(minutes=5)
UNFINISHED_STATES = (Sweep.State.ASKED, Sweep.State.UNDO_ASKED)
Result = SweptThing.Result


def start_sweep(person: User, administrator: User, reason: str) -> Sweep:
    """Start a sweep of everything of a person.

    1. Check `rules.may_sweep`, and that there is a reason.
    2. Lock the account, save the sweep, and save one planned thing for each row that it will hide or revert.
    3. Write a line to the log of moderation.
    4. After the commit, put a task into the queue: a worker carries the sweep out.

    Raises `NotAllowed`, `InvalidInput` without a reason, and `AlreadyDone` if there is a sweep that is not undone.
    """
    _require_permission_and_reason(person, administrator, reason)
    try:
        with transaction.atomic():
            User.objects.select_for_update(no_key=True).get(pk=person.pk)
            sweep = Sweep.objects.create(person=person, asked_by=administrator, reason=log.remove_names(reason, person))
            # Now it is decided what the sweep deals with; the worker plans again how to revert each skill.
            things = sweep_plan.plan_sweep(person).things
            SweptThing.objects.bulk_create(
                SweptThing(sweep=sweep, kind=kind, thing_id=thing_id) for kind, thing_id in things
            )
            log.write(ActKind.SWEPT, administrator, person=person, target=("sweep", sweep.pk), reason=reason)
            _enqueue(sweep)
    except IntegrityError as error:  # the constraint that allows one sweep a person
        raise AlreadyDone(_("Everything of this account is being hidden and reverted, or was already.")) from error
    return sweep


def undo_sweep(sweep: Sweep, administrator: User, reason: str) -> None:
    """Start to put back all of a sweep, except what was changed since.

    1. Check `rules.may_sweep`, and that there is a reason.
    2. Change the state of the sweep from done to "undo asked".
    3. Write a line to the log of moderation.
    4. After the commit, put a task into the queue: a worker puts things back.

    Raises `AlreadyDone` if the sweep is not done yet or is undone already, `NotAllowed`, and `InvalidInput`.
    """
    _require_permission_and_reason(sweep.person, administrator, reason)
    with transaction.atomic():
        # A conditional update: of two administrators at the same time, one changes the state.
        done_sweep = Sweep.objects.filter(pk=sweep.pk, state=Sweep.State.DONE)
        if not done_sweep.update(state=Sweep.State.UNDO_ASKED):
            raise AlreadyDone(_("Only what is done can be undone, and only once."))
        log.write(ActKind.UNSWEPT, administrator, person=sweep.person, target=("sweep", sweep.pk), reason=reason)
        _enqueue(sweep)


def undo_active_sweep(person: User, administrator: User, reason: str) -> None:
    """Undo the active sweep of a person, see `undo_sweep` for the effects.

    Raises `AlreadyDone` if the person has no active sweep, and what `undo_sweep` raises.
    """
    sweep = find_active_sweep(person)
    if sweep is None:
        raise AlreadyDone(_("There is nothing to undo."))
    undo_sweep(sweep, administrator, reason)


def find_active_sweep(person: User) -> Sweep | None:
    """Return the sweep of a person that is not undone, None if there is none.

    The database allows no second one (constraint `sweep_one_in_force_a_person`).
    """
    return Sweep.objects.filter(person=person).exclude(state=Sweep.State.UNDONE).first()


def _require_permission_and_reason(person: User, administrator: User, reason: str) -> None:
    if not rules.may_sweep(administrator, person):
        raise NotAllowed(_("Only administrators can do this, and not to another administrator."))
    if not reason.strip():
        raise InvalidInput(_("Say why: the log keeps it."), field="reason")


def _enqueue(sweep: Sweep) -> None:
    """Enqueue the task after the commit, so that the worker does not look for a sweep that it cannot see yet."""
    transaction.on_commit(partial(carry_out_sweep.enqueue, sweep.pk))


def resume_unfinished_sweeps() -> None:
    """Continue sweeps whose worker was interrupted, or whose task was lost."""
    # Evaluated before the loop, since `carry_out` changes which rows the query finds.
    for sweep_id in list(
        Sweep.objects.filter(_build_free_condition(), state__in=UNFINISHED_STATES)
        .order_by("pk")
        .values_list("pk", flat=True)
    ):
        carry_out(sweep_id)


def carry_out(sweep_id: int) -> None:
    """Do what is left of a sweep, or of undoing it.

    1. Claim the sweep; stop if it is finished or another worker holds it.
    2. Keep all planned things as they are if the sweep is not allowed any more.
    3. Hide, revert or put back one thing after the other, each in its own transaction, and renew the lease.
    4. Save the final state and release the sweep.
    """
    if not Sweep.objects.filter(_build_free_condition(), pk=sweep_id, state__in=UNFINISHED_STATES).update(
        leased_until=_get_lease_end()
    ):
        return
    sweep = Sweep.objects.select_related("person", "asked_by").get(pk=sweep_id)
    is_undo = sweep.state == Sweep.State.UNDO_ASKED
    if not is_undo and not _is_still_allowed(sweep):
        sweep.things.filter(result=Result.PLANNED).update(result=Result.STAYS)
    remaining = Result.DONE if is_undo else Result.PLANNED
    order = "-pk" if is_undo else "pk"  # undoing goes backwards
    for swept_id in list(sweep.things.filter(result=remaining).order_by(order).values_list("pk", flat=True)):
        with transaction.atomic():
            thing = SweptThing.objects.select_for_update().get(pk=swept_id)
            # Checked again under the lock: another worker may have done it if the lease ran out.
            if thing.result == remaining:
                _undo_thing(sweep, thing) if is_undo else _sweep_thing(sweep, thing)
        Sweep.objects.filter(pk=sweep_id).update(leased_until=_get_lease_end())
    final_state = Sweep.State.UNDONE if is_undo else Sweep.State.DONE
    Sweep.objects.filter(pk=sweep_id, state=sweep.state).update(state=final_state, leased_until=None)


def _is_still_allowed(sweep: Sweep) -> bool:
    """Return whether the rule that was checked when the sweep was started still holds when the worker begins.

    The administrator may have lost the right meanwhile, or the person may have become an administrator. An
    administrator who was allowed to start it, and then deleted their own account, does not stop it.
    """
    if sweep.asked_by is None:
        return not sweep.person.is_superuser
    return rules.may_sweep(sweep.asked_by, sweep.person)


def _build_free_condition() -> Q:
    """Return the condition for sweeps that no worker holds now."""
    return Q(leased_until__isnull=True) | Q(leased_until__lt=timezone.now())


def _get_lease_end() -> object:
    return timezone.now() + LEASE


def _sweep_thing(sweep: Sweep, thing: SweptThing) -> None:
    """Hide or revert one thing and save its result; what is deleted or hidden already stays as it is."""
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
    """Show one thing again, or publish its text again, and save its result."""
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
    """Return the locked target of a thing, None if it was deleted."""
    target = targets.find(thing.kind, thing.thing_id)
    try:
        return targets.lock(target.row) if target is not None else None
    except Gone:
        return None


def _publish(sweep: Sweep, thing: SweptThing, skill_revert: SkillRevert, done_result: str, kept_result: str) -> None:
    """Publish the changes of a plan as one revision.

    If the text changed between plan and lock, nothing is published and all its fields stay.
    """
    is_sweep = done_result == Result.DONE
    summary = _("Everything of an account taken back") if is_sweep else _("No longer taken back")
    try:
        # A savepoint: a failed publication must not break the transaction of the thing.
        with transaction.atomic():
            revision = revisions.publish(
                skill_revert.skill,
                skill_revert.changes,
                author=sweep.asked_by,
                origin=Revision.Origin.REVERT,
                summary=summary,
            )
    except (ChangedMeanwhile, InvalidChange, NothingToPublish):
        kept_fields = sweep_plan.list_changed_fields([*skill_revert.kept, *skill_revert.changes])
        _save_result(thing, kept_result, kept_fields=kept_fields)
        return
    kept_fields = sweep_plan.list_changed_fields(skill_revert.kept)
    _save_result(thing, done_result, revision_id=revision.pk, kept_fields=kept_fields)


def _save_result(
    thing: SweptThing, result: str, *, revision_id: int | None = None, kept_fields: Sequence[object] = ()
) -> None:
    """Save the result of a thing; without a new revision it keeps the one it has."""
    thing.result, thing.revision_id, thing.kept_fields = result, revision_id or thing.revision_id, list(kept_fields)
    thing.save(update_fields=["result", "revision_id", "kept_fields"])


@task
def carry_out_sweep(sweep_id: int) -> None:
    """Carry out a sweep in a worker.

    The task for `carry_out`, with the primary key of a sweep that is to be done or undone.
    """
    carry_out(sweep_id)
