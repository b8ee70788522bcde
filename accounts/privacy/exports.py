"""The export of personal data as one file: requested by its owner, built by a task, kept for a day."""

import json
from functools import partial

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from django.tasks import task
from django.utils import timezone

from accounts.models import DataExport, User
from accounts.privacy.data import collect_personal_data

State = DataExport.State


def find_export(user: User) -> DataExport | None:
    """Return the export that a user requested, None if there is none or it has expired.

    It may still be building or have failed, see `DataExport.state`.
    """
    export = DataExport.objects.filter(user=user).first()
    return export if export and export.state != State.EXPIRED else None


def request_export(user: User) -> DataExport:
    """Return the user's export, building or ready; request one if there is none.

    1. Lock the user, so that two requests at the same time give one export.
    2. Return the export that is building or ready.
    3. Delete a failed or expired one and create a new one.
    4. On commit, enqueue the task that builds it.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        export = find_export(user)
        if export and export.state in {State.BUILDING, State.READY}:
            return export
        DataExport.objects.filter(user=user).delete()
        export = DataExport.objects.create(user=user)
        transaction.on_commit(partial(build_export.enqueue, export.pk))
        return export


@task
def build_export(export_pk: int) -> None:
    """Build a requested export and store its content.

    `export_pk` is the id of a DataExport. Does nothing if it is ready already, or was deleted. An error marks it as
    failed and reaches the worker.
    """
    export = DataExport.objects.select_related("user").filter(pk=export_pk, ready_at=None).first()
    if export is None:
        return
    # Updates through a filter: an export that was deleted meanwhile does not come back.
    unfinished = DataExport.objects.filter(pk=export_pk, ready_at=None)
    is_done = False
    try:
        content = json.dumps(collect_personal_data(export.user), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        unfinished.update(content=content, ready_at=timezone.now(), failed_at=None)
        is_done = True
    finally:
        if not is_done:
            unfinished.update(failed_at=timezone.now())


def prune_exports() -> None:
    """Delete exports that have expired, and those that were never finished."""
    now = timezone.now()
    latest = now - DataExport.LIFETIME
    expired = DataExport.objects.filter(Q(ready_at__lte=latest) | Q(ready_at=None, requested_at__lte=latest))
    if expired.exists():  # a deletion opens a transaction, and SQLite writes even if there is nothing to delete
        expired.delete()
