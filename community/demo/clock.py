"""Let deeds of the demonstration have been done some days ago."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.apps import apps
from django.db import models
from django.utils import timezone

APPS = ("accounts", "community", "skills")
STILL_TO_COME = frozenset({"claimed_until", "leased_until", "mail_due_at"})


@contextmanager
def days_ago(days: float) -> Iterator[datetime]:
    """Date back whatever is written meanwhile; yields the time it is dated to.

    The rules ask the real clock; afterwards every time that they have just written is moved.
    """
    begun = timezone.now()
    when = begun - timedelta(days=days)
    yield when
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            _move(model, begun, when)


def _move(model: type[models.Model], begun: datetime, when: datetime) -> None:
    for field in model._meta.concrete_fields:
        if isinstance(field, models.DateTimeField) and field.name not in STILL_TO_COME:
            model._default_manager.filter(**{f"{field.name}__gte": begun}).update(**{field.name: when})
