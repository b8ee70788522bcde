"""Counts of the related rows of each row in a list."""

from typing import Any

from django.db.models import Count, Model, OuterRef, Q, Subquery


def count_related(model: type[Model], path: str, *, distinct: bool = False, only: Q | None = None) -> Subquery:
    """Return a subquery that counts related rows, to annotate rows of `model` with.

    `path` is a lookup from `model` to the rows to count, such as "groups__skills"; `distinct` counts each related
    row once; `only` limits the count to rows that meet the condition (its lookups start at `model`, too).
    Each count is a subquery of its own: two `Count` in one query would multiply each other's rows.
    """
    # `order_by()` removes the model's default ordering, which would end up in GROUP BY.
    rows: Any = model._base_manager.filter(pk=OuterRef("pk")).order_by().values("pk")
    return Subquery(rows.annotate(number=Count(path, distinct=distinct, filter=only)).values("number"))
