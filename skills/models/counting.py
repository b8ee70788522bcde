"""Counting what hangs on each row of a list."""

from typing import Any

from django.db.models import Count, Model, OuterRef, Q, Subquery


def count_related(model: type[Model], path: str, *, distinct: bool = False, only: Q | None = None) -> Subquery:
    """Return, to annotate rows of `model` with, how much each has along a path of relations, or of it `only` some.

    Each count asks for itself: two counts in one statement would multiply each other's rows.
    """
    rows: Any = model._base_manager.filter(pk=OuterRef("pk")).order_by().values("pk")
    return Subquery(rows.annotate(number=Count(path, distinct=distinct, filter=only)).values("number"))
