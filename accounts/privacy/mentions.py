"""Texts that name a person, as opposed to texts that only look like it.

Deleting an account removes its addresses and its user name from other people's rows. Names are chosen by
their owners: an account called "e", or "args", must not empty or delete the rows of everyone else. So a
value counts as a whole, never as a part of a longer one, and in JSON it counts as a value, never as a key.
Names shown are not searched for at all: mail that shows one is found by the event that it reports.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.html import escape

# The borders of a whole value. "anna" is found in "anna." and "(anna)", not in "anna.beck", "anna@x.org" or "joanna".
NOTHING_BEFORE, NOTHING_AFTER = r"(?<![\w.+@-])", r"(?![\w@-]|\.\w)"


def find_rows[M: Model](rows: QuerySet[M], fields: Sequence[str], values: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield the id (`pk`) and the fields, as text, of each row that holds one of the values in any of the fields.

    Upper and lower case make no difference. The database finds more rows than those that name the person: check
    the result with `contains_any`.
    """
    # JSON fields and foreign keys become text, so that one lookup serves all.
    text_columns = {f"{field}_text": Cast(field, TextField()) for field in fields}
    condition = Q(pk__in=[])
    for form in _list_written_forms(values):
        for column in text_columns:
            condition |= Q(**{f"{column}__icontains": form})
    matches = rows.annotate(**text_columns).filter(condition).order_by().values_list("pk", *text_columns)
    for key, *texts in matches.iterator():
        yield {"pk": key, **{field: text or "" for field, text in zip(fields, texts, strict=True)}}


def contains_any(text: str, values: Iterable[str]) -> bool:
    """Return whether a text holds one of the values as a whole.

    A value is found as it is, or as JSON or HTML writes it; upper and lower case make no difference.
    """
    return any(
        re.search(f"{NOTHING_BEFORE}{re.escape(form)}{NOTHING_AFTER}", text, re.IGNORECASE)
        for form in _list_written_forms(values)
    )


def iter_strings(value: Any) -> Iterator[str]:
    """Yield every string among the values of a JSON value, at any depth.

    The keys of objects are left out.
    """
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
    """Return each value as it is, as JSON writes it, and as HTML writes it."""
    # json.dumps puts quotes around the value; [1:-1] removes them.
    return {form for value in values if value for form in (value, json.dumps(value)[1:-1], escape(value))}
