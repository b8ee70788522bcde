"""Whether changes still fit today's text, as conditions of the database.

It answers as `Change.compare_with` does, for thousands of changes at once; a test compares the two. Values are
compared as one text each: a field's own text, or of a requirement a JSON array of its parts, '' where there is none.
"""

from typing import Any, override

from django.db.models import Case, CharField, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Concat, JSONArray
from django.db.models.lookups import Exact

from community.models import SuggestedChange
from skills.content.changes import SUGGESTED_CONTENT, Field, Fit
from skills.models import Requirement, Revision, Skill

REQUIREMENT_PARTS = ("description", "obligation", "proficiency")
"""What a requirement consists of, in the order in which its parts are compared."""


class _JsonText(Func):
    """A JSON value that is a bare string, as that string."""

    output_field = TextField()

    @override
    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="JSON_EXTRACT(%(expressions)s, '$')", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s #>> '{}')", **context)


class _RevisionField(Func):
    """The text of a field, named by the second expression, in the content that a revision keeps."""

    output_field = TextField()

    @override
    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "JSON_EXTRACT(%(expressions)s)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=", '$.' || ", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" ->> ", **context)


class _RevisionRequirement(Func):
    """The requirement of a role and level (second and third expression) in the content that a revision keeps."""

    output_field = TextField()
    sqlite_template = """(
        SELECT JSON_ARRAY(
            JSON_EXTRACT(cell.value, '$.description'),
            JSON_EXTRACT(cell.value, '$.obligation'),
            JSON_EXTRACT(cell.value, '$.proficiency')
        )
        FROM JSON_EACH(%(content)s, '$.requirements') AS cell
        WHERE JSON_EXTRACT(cell.value, '$.role') = %(role)s AND JSON_EXTRACT(cell.value, '$.level') = %(level)s
    )"""
    postgresql_template = """(
        SELECT JSONB_BUILD_ARRAY(cell ->> 'description', cell ->> 'obligation', cell ->> 'proficiency')::text
        FROM JSONB_ARRAY_ELEMENTS(%(content)s -> 'requirements') AS cell
        WHERE cell ->> 'role' = %(role)s AND cell ->> 'level' = %(level)s
    )"""

    @override
    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self._fill_in(self.sqlite_template, compiler, connection, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self._fill_in(self.postgresql_template, compiler, connection, **context)

    def _fill_in(self, template: str, compiler: Any, connection: Any, **context: Any) -> Any:
        content, role, level = (compiler.compile(expression)[0] for expression in self.get_source_expressions())
        named = {"content": content, "role": role, "level": level}
        return self.as_sql(compiler, connection, template=template, **named, **context)


def filter_conflicting(pending: QuerySet[SuggestedChange]) -> QuerySet[SuggestedChange]:
    """Leave of waiting changes those whose base is no longer today's, and that today does not hold already."""
    return annotate_fit(pending).filter(Q(fit=Fit.CONFLICTS))


def annotate_fit(rows: QuerySet[SuggestedChange]) -> QuerySet[SuggestedChange]:
    """Annotate each change with `fit`, a value of `Fit`: what `Change.compare_with` answers of its skill today."""
    compared = rows.alias(
        base_text=_build_side_text("base"), proposed_text=_build_side_text("proposed"), today_text=_build_today_text()
    )
    return compared.annotate(
        fit=Case(
            When(Exact(F("today_text"), F("proposed_text")), then=Value(Fit.ALREADY_DONE)),
            When(Exact(F("today_text"), F("base_text")), then=Value(Fit.APPLIES)),
            default=Value(Fit.CONFLICTS),
            output_field=TextField(),
        )
    )


def _build_side_text(side: str) -> Case:
    """Return one text for `base` or `proposed`; None is "no requirement"."""
    requirement = Cast(JSONArray(*(KT(f"{side}__{part}") for part in REQUIREMENT_PARTS)), TextField())
    return Case(
        When(**{f"{side}__isnull": True}, then=Value("")),
        When(field=Field.REQUIREMENT, then=requirement),
        default=_JsonText(side),
        output_field=TextField(),
    )


def _build_today_text() -> Case:
    """Return one text for what the skill has today where a change is made, see `skills.revisions.content_of`."""
    is_suggested = Q(suggestion__skill__status=Skill.Status.SUGGESTED)
    is_retired = Q(suggestion__skill__status=Skill.Status.RETIRED)
    is_requirement, is_status = Q(field=Field.REQUIREMENT), Q(field=Field.STATUS)
    group = Concat(
        "suggestion__skill__group__domain__key", Value("/"), "suggestion__skill__group__key", output_field=CharField()
    )
    return Case(
        When(is_suggested & is_status, then=Value(SUGGESTED_CONTENT.status)),
        When(is_suggested, then=Value("")),
        When(
            is_retired & is_requirement,
            then=_build_last_content(_RevisionRequirement, OuterRef("role"), OuterRef("level")),
        ),
        When(is_retired, then=_build_last_content(_RevisionField, OuterRef("field"))),
        When(is_requirement, then=_build_today_requirement()),
        When(field=Field.NAME, then=F("suggestion__skill__name")),
        When(field=Field.SUMMARY, then=F("suggestion__skill__summary")),
        When(field=Field.TAG_LINE, then=F("suggestion__skill__tag_line")),
        When(is_status, then=Value(Skill.Status.CURRENT)),
        default=group,
        output_field=TextField(),
    )


def _build_today_requirement() -> Coalesce:
    rows = Requirement.objects.filter(
        skill=OuterRef("suggestion__skill"), role__key=OuterRef("role"), level__slug=OuterRef("level")
    )
    return Coalesce(Subquery(rows.values_list(Cast(JSONArray(*REQUIREMENT_PARTS), TextField()))), Value(""))


def _build_last_content(part: type[Func], *keys: OuterRef) -> Coalesce:
    """Return a part of what a skill last said that is no longer in its framework: it has no rows, only revisions."""
    revisions = Revision.objects.filter(skill=OuterRef("suggestion__skill")).order_by("-number")
    return Coalesce(Subquery(revisions.values_list(part("content", *keys))[:1]), Value(""))
