"""Asking the search: which skills hold some words, which names are near to a text."""

import json
from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from skills.models import Skill
from skills.search.engines import Statement, get_engine
from skills.search.text import build_trigrams, split_words

QUERY_MAX_LENGTH = 200
MATCHING_LIMIT = 5000
SIMILAR_LIMIT = 5

# Of a mistyped address no more than this is compared; candidates come from an index, by their rarest parts.
SIMILAR_WORDS_LIMIT = 20
SIMILAR_CANDIDATES = 50
# The share of common trigrams from which two names are near, as pg_trgm has it.
SIMILARITY_MIN = 0.3


class InvalidQuery(ValueError):
    """A query that cannot be searched for; the message says why in the reader's language."""


class QueryTooLong(InvalidQuery):
    """A query of more than `QUERY_MAX_LENGTH` characters."""


def find_skill_ids(query: str, limit: int = MATCHING_LIMIT) -> list[int]:
    """Return the ids of the skills in which all words of a query occur, as beginnings of words, best first.

    A name that is the query comes first, then names that begin with it, names with all its
    words, names and tags, then the rest by rank, always in one total order. One database query,
    none for a query without a word: that finds nothing. Raises `InvalidQuery`.
    """
    _check_query(query)
    wanted = split_words(query)
    if not wanted:
        return []
    statement, parameters = get_engine().build_match_statement(" ".join(wanted), list(dict.fromkeys(wanted)), limit)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [pk for (pk,) in cursor.fetchall()]


def build_id_subquery(skill_ids: Sequence[int]) -> RawSQL:
    """Return the ids that a search found for use in `pk__in`, as one parameter however many they are."""
    return _build_subquery(get_engine().build_rows_statement(json.dumps(skill_ids)))


def find_similar_skills(text: str, limit: int = SIMILAR_LIMIT) -> list[Skill]:
    """Return the skills, with their places, whose names are near to any text or slug, nearest first.

    One database query; nothing is near to nonsense, and no text is an error.
    """
    wanted = split_words(text[: QUERY_MAX_LENGTH * 2])[:SIMILAR_WORDS_LIMIT]
    if not wanted:
        return []
    candidates = _build_subquery(get_engine().build_similar_statement(wanted, SIMILAR_CANDIDATES))
    found = []
    for skill in Skill.objects.current().with_group().filter(pk__in=candidates):
        value = _compute_similarity(wanted, split_words(skill.name))
        if value >= SIMILARITY_MIN:
            found.append((-value, skill.name, skill.pk, skill))
    return [skill for *_order, skill in sorted(found)[:limit]]


def _build_subquery(statement: Statement) -> RawSQL:
    sql, parameters = statement
    return RawSQL(sql, parameters)  # noqa: S611 - a constant of an engine; what people type is in the parameters only


def refuse_nul(*texts: str) -> None:
    """Raise `InvalidQuery` if a text holds the one character that PostgreSQL cannot even compare."""
    if any("\0" in text for text in texts):
        raise InvalidQuery(_("The search holds a character that no text can hold."))


def _check_query(query: str) -> None:
    if len(query) > QUERY_MAX_LENGTH:
        raise QueryTooLong(_("A search has at most %(limit)s characters.") % {"limit": QUERY_MAX_LENGTH})
    refuse_nul(query)


def _compute_similarity(one: Iterable[str], other: Iterable[str]) -> float:
    """Return the share of the trigrams of two names that they have in common, from 0 to 1."""
    mine, others = build_trigrams(one), build_trigrams(other)
    return len(mine & others) / (len(mine | others) or 1)
