"""Whether changes still fit the current content of their skill, as conditions of the database.

The rule is that of `Change.compare_with`, for thousands of changes in one query; a test compares the two. Each value
is compared as one text: the text of a field, for a requirement the JSON array of its parts, '' for no requirement.
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
"""The parts of a requirement, in the order in which they are compared. All JSON arrays here use this order."""


class _JsonText(Func):
    """A JSON string as text, without its quotation marks: '"Baker"' becomes 'Baker'."""

    output_field = TextField()

    @override
    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="JSON_EXTRACT(%(expressions)s, '$')", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s #>> '{}')", **context)


class _RevisionField(Func):
    """The text of one field in the content of a revision.

    The first expression is the JSON content, the second the field's name.
    """

    output_field = TextField()

    @override
    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # The joiner turns the field's name into a JSON path: JSON_EXTRACT(content, '$.' || 'summary').
        template = "JSON_EXTRACT(%(expressions)s)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=", '$.' || ", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" ->> ", **context)


class _RevisionRequirement(Func):
    """The requirement of a role and level in the content of a revision, as a JSON array of its parts.

    The first expression is the JSON content, the second the role's key, the third the level's slug.
    """

    output_field = TextField()
    # The parts have the order of REQUIREMENT_PARTS, else the result equals no other requirement.
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
        # All three are columns, which compile to SQL without parameters; [0] is that SQL.
        content, role, level = (compiler.compile(expression)[0] for expression in self.get_source_expressions())
        placeholders = {"content": content, "role": role, "level": level}
        return self.as_sql(compiler, connection, template=template, **placeholders, **context)


def filter_conflicting(pending: QuerySet[SuggestedChange]) -> QuerySet[SuggestedChange]:
    """Return the changes that conflict with the current content of their skill.

    `pending` are changes that wait for a decision. A change conflicts if the current value is neither the base
    of the change nor what the change proposes.
    """
    return annotate_fit(pending).filter(Q(fit=Fit.CONFLICTS))


def annotate_fit(rows: QuerySet[SuggestedChange]) -> QuerySet[SuggestedChange]:
    """Annotate each change with `fit`, a value of `Fit`.

    It is what `Change.compare_with` returns for the current content of the change's skill.
    """
    compared = rows.alias(
        base_text=_build_side_text("base"), proposed_text=_build_side_text("proposed"), today_text=_build_today_text()
    )
    return compared.annotate(
        # The order matters: a change whose proposed value is current is done, even if its base is current too.
        fit=Case(
            When(Exact(F("today_text"), F("proposed_text")), then=Value(Fit.ALREADY_DONE)),
            When(Exact(F("today_text"), F("base_text")), then=Value(Fit.APPLIES)),
            default=Value(Fit.CONFLICTS),
            output_field=TextField(),
        )
    )


def _build_side_text(side: str) -> Case:
    """Return the comparable text of `side`, which is "base" or "proposed"; '' for no requirement."""
    requirement = Cast(JSONArray(*(KT(f"{side}__{part}") for part in REQUIREMENT_PARTS)), TextField())
    return Case(
        When(**{f"{side}__isnull": True}, then=Value("")),
        When(field=Field.REQUIREMENT, then=requirement),
        default=_JsonText(side),
        output_field=TextField(),
    )


def _build_today_text() -> Case:
    """Return the comparable text of the value that a change's skill has now, see `skills.revisions.get_content`."""
    is_suggested = Q(suggestion__skill__status=Skill.Status.SUGGESTED)
    is_retired = Q(suggestion__skill__status=Skill.Status.RETIRED)
    is_requirement, is_status = Q(field=Field.REQUIREMENT), Q(field=Field.STATUS)
    group = Concat(
        "suggestion__skill__group__domain__key", Value("/"), "suggestion__skill__group__key", output_field=CharField()
    )
    # A suggested skill has a status and nothing else. A retired one has no rows in the catalogue: its latest revision
    # holds its content, its status too. Only a current skill is read from its own rows.
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
    """Return the requirement that a current skill has at the role and level of a change, '' for none."""
    rows = Requirement.objects.filter(
        skill=OuterRef("suggestion__skill"), role__key=OuterRef("role"), level__slug=OuterRef("level")
    )
    return Coalesce(Subquery(rows.values_list(Cast(JSONArray(*REQUIREMENT_PARTS), TextField()))), Value(""))


def _build_last_content(part: type[Func], *keys: OuterRef) -> Coalesce:
    """Return one part of the latest revision of a retired skill; `keys` are the further expressions of `part`."""
    revisions = Revision.objects.filter(skill=OuterRef("suggestion__skill")).order_by("-number")
    return Coalesce(Subquery(revisions.values_list(part("content", *keys))[:1]), Value(""))
