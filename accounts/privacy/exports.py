"""Everything about a person as one file: asked for, made by a task, there for a day."""

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
    """Return the export a person asked for, unless it is no longer valid."""
    export = DataExport.objects.filter(user=user).first()
    return export if export and export.state != State.EXPIRED else None


def request_export(user: User) -> DataExport:
    """Return the export that is being made or can be fetched; where there is none, have one made."""
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
    """Make an export that was asked for; one that is there, or no longer wanted, is left alone."""
    export = DataExport.objects.select_related("user").filter(pk=export_pk, ready_at=None).first()
    if export is None:
        return
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
    """Delete exports whose link is no longer valid, and those that were never finished."""
    now = timezone.now()
    too_old = now - DataExport.LIFETIME
    old = DataExport.objects.filter(Q(ready_at__lte=too_old) | Q(ready_at=None, requested_at__lte=too_old))
    if old.exists():  # a deletion opens a transaction, which SQLite writes down even when there is nothing to delete
        old.delete()
