"""Whether changes still fit today's text, as conditions of the database.

It answers as `Change.compare_with` does, for thousands of changes at once; a test compares the two. Values are
compared as one text each: a field's own text, or of a requirement a JSON array of its parts, '' where there is none.
"""

from typing import Any

from django.db.models import Case, CharField, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Concat, JSONArray
from django.db.models.lookups import Exact

from community.models import SuggestedChange
from skills.content.changes import SUGGESTED, Field, Fit
from skills.models import Requirement, Revision, Skill

PARTS = ("description", "obligation", "proficiency")
"""What a requirement consists of, in the order in which its parts are compared."""


class _JsonText(Func):
    """A JSON value that is a bare string, as that string."""

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="JSON_EXTRACT(%(expressions)s, '$')", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s #>> '{}')", **context)


class _FieldIn(Func):
    """The text of a field, named by the second expression, in the content that a revision keeps."""

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "JSON_EXTRACT(%(expressions)s)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=", '$.' || ", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" ->> ", **context)


class _RequirementIn(Func):
    """The requirement of a role and level (second and third expression) in the content that a revision keeps."""

    output_field = TextField()
    on_sqlite = """(
        SELECT JSON_ARRAY(
            JSON_EXTRACT(cell.value, '$.description'),
            JSON_EXTRACT(cell.value, '$.obligation'),
            JSON_EXTRACT(cell.value, '$.proficiency')
        )
        FROM JSON_EACH(%(content)s, '$.requirements') AS cell
        WHERE JSON_EXTRACT(cell.value, '$.role') = %(role)s AND JSON_EXTRACT(cell.value, '$.level') = %(level)s
    )"""
    on_postgresql = """(
        SELECT JSONB_BUILD_ARRAY(cell ->> 'description', cell ->> 'obligation', cell ->> 'proficiency')::text
        FROM JSONB_ARRAY_ELEMENTS(%(content)s -> 'requirements') AS cell
        WHERE cell ->> 'role' = %(role)s AND cell ->> 'level' = %(level)s
    )"""

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self._fill_in(self.on_sqlite, compiler, connection, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self._fill_in(self.on_postgresql, compiler, connection, **context)

    def _fill_in(self, template: str, compiler: Any, connection: Any, **context: Any) -> Any:
        content, role, level = (compiler.compile(expression)[0] for expression in self.get_source_expressions())
        named = {"content": content, "role": role, "level": level}
        return self.as_sql(compiler, connection, template=template, **named, **context)


def conflicting(pending: QuerySet[SuggestedChange]) -> QuerySet[SuggestedChange]:
    """Leave of waiting changes those whose base is no longer today's, and that today does not hold already."""
    return with_fit(pending).filter(Q(fit=Fit.CONFLICTS))


def with_fit(rows: QuerySet[SuggestedChange]) -> QuerySet[SuggestedChange]:
    """Annotate each change with `fit`, a value of `Fit`: what `Change.compare_with` answers of its skill today."""
    compared = rows.alias(base_text=_text_of("base"), proposed_text=_text_of("proposed"), today_text=_today_text())
    return compared.annotate(
        fit=Case(
            When(Exact(F("today_text"), F("proposed_text")), then=Value(Fit.ALREADY_DONE)),
            When(Exact(F("today_text"), F("base_text")), then=Value(Fit.APPLIES)),
            default=Value(Fit.CONFLICTS),
            output_field=TextField(),
        )
    )


def _text_of(side: str) -> Case:
    """Return one text for `base` or `proposed`; None is "no requirement"."""
    requirement = Cast(JSONArray(*(KT(f"{side}__{part}") for part in PARTS)), TextField())
    return Case(
        When(**{f"{side}__isnull": True}, then=Value("")),
        When(field=Field.REQUIREMENT, then=requirement),
        default=_JsonText(side),
        output_field=TextField(),
    )


def _today_text() -> Case:
    """Return one text for what the skill has today where a change is made, see `skills.revisions.content_of`."""
    is_suggested = Q(suggestion__skill__status=Skill.Status.SUGGESTED)
    is_retired = Q(suggestion__skill__status=Skill.Status.RETIRED)
    is_requirement, is_status = Q(field=Field.REQUIREMENT), Q(field=Field.STATUS)
    group = Concat(
        "suggestion__skill__group__domain__key", Value("/"), "suggestion__skill__group__key", output_field=CharField()
    )
    return Case(
        When(is_suggested & is_status, then=Value(SUGGESTED.status)),
        When(is_suggested, then=Value("")),
        When(is_retired & is_requirement, then=_last_content(_RequirementIn, OuterRef("role"), OuterRef("level"))),
        When(is_retired, then=_last_content(_FieldIn, OuterRef("field"))),
        When(is_requirement, then=_requirement_today()),
        When(field=Field.NAME, then=F("suggestion__skill__name")),
        When(field=Field.SUMMARY, then=F("suggestion__skill__summary")),
        When(field=Field.TAG_LINE, then=F("suggestion__skill__tag_line")),
        When(is_status, then=Value(Skill.Status.CURRENT)),
        default=group,
        output_field=TextField(),
    )


def _requirement_today() -> Coalesce:
    rows = Requirement.objects.filter(
        skill=OuterRef("suggestion__skill"), role__key=OuterRef("role"), level__slug=OuterRef("level")
    )
    return Coalesce(Subquery(rows.values_list(Cast(JSONArray(*PARTS), TextField()))), Value(""))


def _last_content(part: type[Func], *which: OuterRef) -> Coalesce:
    """Return a part of what a skill last said that is no longer in its framework: it has no rows, only revisions."""
    revisions = Revision.objects.filter(skill=OuterRef("suggestion__skill")).order_by("-number")
    return Coalesce(Subquery(revisions.values_list(part("content", *which))[:1]), Value(""))
