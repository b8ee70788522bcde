"""Texts that name a person, told apart from texts that only look like it.

A deleted account takes its addresses and its user name out of other people's rows. Names are chosen by
their owners: an account called "e", or "args", must not empty or delete the rows of everybody else. So a
value counts as a whole, never as a part of a longer one, and in JSON it counts as a value, never as a key.
Names shown are not searched for at all: mail that shows one is found by the event it tells of.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.html import escape

NOTHING_BEFORE, NOTHING_AFTER = r"(?<![\w.+@-])", r"(?![\w@-]|\.\w)"


def find_rows[M: Model](rows: QuerySet[M], fields: Sequence[str], values: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield the key (`pk`) and the fields, as text, of each row that holds one of the values, in either case.

    The database finds more than what names the person: what it finds has to be looked at again.
    """
    texts = {f"{field}_text": Cast(field, TextField()) for field in fields}
    holds = Q(pk__in=[])
    for written in _list_written_forms(values):
        for text in texts:
            holds |= Q(**{f"{text}__icontains": written})
    found = rows.annotate(**texts).filter(holds).order_by().values_list("pk", *texts)
    for key, *shown in found.iterator():
        yield {"pk": key, **{field: text or "" for field, text in zip(fields, shown, strict=True)}}


def contains_any(text: str, values: Iterable[str]) -> bool:
    """Return whether a text holds one of the values as a whole, as it is or as JSON or HTML writes it."""
    return any(
        re.search(f"{NOTHING_BEFORE}{re.escape(written)}{NOTHING_AFTER}", text, re.IGNORECASE)
        for written in _list_written_forms(values)
    )


def iter_strings(value: Any) -> Iterator[str]:
    """Yield every string among the values of a JSON value, at any depth; the keys of objects are left out."""
    match value:
        case str():
            yield value
        case dict():
            for part in value.values():
                yield from iter_strings(part)
        case list():
            for part in value:
                yield from iter_strings(part)


def _list_written_forms(values: Iterable[str]) -> set[str]:
    return {form for value in values if value for form in (value, json.dumps(value)[1:-1], escape(value))}
