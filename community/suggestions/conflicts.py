"""Which suggestions no longer fit today's text, as a condition of the database."""

from typing import Any

from django.db.models import Case, CharField, Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Concat
from django.db.models.lookups import Exact

from community.models import SuggestedChange
from skills.content.changes import SAME_AS, Field
from skills.models import Requirement


class _JsonText(Func):
    """A JSON value that is a bare string, as that string."""

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="JSON_EXTRACT(%(expressions)s, '$')", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s #>> '{}')", **context)


def conflicting(pending: QuerySet[SuggestedChange]) -> QuerySet[SuggestedChange]:
    """Leave of waiting changes those whose base is no longer today's, and that today does not hold already."""
    rows = pending.annotate(
        **{f"{side}_{part}": KT(f"{side}__{part}") for side in ("base", "proposed") for part in CELL},
        base_text=_JsonText("base"),
        proposed_text=_JsonText("proposed"),
        today_text=_today_text(),
    )
    is_requirement = Q(field=Field.REQUIREMENT)
    cell_differs = ~_today_is("base") & ~_today_is("proposed")
    text_differs = ~Exact(F("today_text"), F("base_text")) & ~Exact(F("today_text"), F("proposed_text"))
    return rows.filter((is_requirement & cell_differs) | (~is_requirement & Q(text_differs)))


CELL = ("description", "obligation", "proficiency")


def _today_is(side: str) -> Q:
    """Whether the cell stands today as `base` or `proposed` has it; None is "no requirement"."""
    today = Requirement.objects.filter(
        skill=OuterRef("suggestion__skill"), role__key=OuterRef("role"), level__slug=OuterRef("level")
    )
    same = today.filter(**{part: OuterRef(f"{side}_{part}") for part in CELL})
    is_none = Q(**{f"{side}__isnull": True})
    return (is_none & ~Q(Exists(today))) | (~is_none & Q(Exists(same)))


def _today_text() -> Case:
    columns = {Field.NAME: "name", Field.SUMMARY: "summary", Field.TAG_LINE: "tag_line"}
    cases = [When(field=field, then=F(f"suggestion__skill__{column}")) for field, column in columns.items()]
    group = Concat(
        "suggestion__skill__group__domain__key", Value("/"), "suggestion__skill__group__key", output_field=CharField()
    )
    twin = Concat(Value(SAME_AS), "suggestion__skill__same_as__key", output_field=CharField())
    has_twin = Q(field=Field.STATUS, suggestion__skill__same_as__isnull=False)
    statuses = [When(has_twin, then=twin), When(field=Field.STATUS, then=F("suggestion__skill__status"))]
    return Case(*cases, *statuses, default=group, output_field=TextField())
