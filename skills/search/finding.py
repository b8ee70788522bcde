"""Search queries: which skills contain some words, and which names are similar to a text."""

import json
from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from skills.models import Skill
from skills.search.engines import Statement, get_engine
from skills.search.text import build_trigrams, split_words

QUERY_MAX_LENGTH = 200  # characters
MATCHING_LIMIT = 5000  # skills
SIMILAR_LIMIT = 5  # skills

# Of a mistyped address only this many words are compared; candidates come from an index, by their rarest parts.
SIMILAR_WORDS_LIMIT = 20
SIMILAR_CANDIDATES = 50
# Two names are similar from this share of common trigrams on; pg_trgm has the same default.
SIMILARITY_MIN = 0.3


class InvalidQuery(ValueError):
    """A query that cannot be run; the message gives the reason in the active language."""


class QueryTooLong(InvalidQuery):
    """A query of more than `QUERY_MAX_LENGTH` characters."""


def find_skill_ids(query: str, limit: int = MATCHING_LIMIT) -> list[int]:
    """Return the ids of the skills in which all words of a query occur, as beginnings of words, best first.

    The order is total: names equal to the query, names that begin with it, names with all its words, names and
    tags with all its words, then the rest by rank. One database query, and none for a query without a word,
    which finds nothing. Raises `InvalidQuery`.
    """
    _require_valid_query(query)
    words = split_words(query)
    if not words:
        return []
    # `dict.fromkeys` drops repeated words and keeps their order.
    statement, parameters = get_engine().build_match_statement(" ".join(words), list(dict.fromkeys(words)), limit)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [pk for (pk,) in cursor.fetchall()]


def build_id_subquery(skill_ids: Sequence[int]) -> RawSQL:
    """Return ids of skills as a subquery for `pk__in`.

    They are one parameter, however many they are: databases limit the number of parameters, and a search may
    find `MATCHING_LIMIT` skills.
    """
    return _build_subquery(get_engine().build_rows_statement(json.dumps(skill_ids)))


def find_similar_skills(text: str, limit: int = SIMILAR_LIMIT) -> list[Skill]:
    """Return the skills whose names are similar to a text or slug, the most similar first, loaded `with_group`.

    One database query. Any text is allowed, however long; nonsense finds nothing.
    """
    words = split_words(text[: QUERY_MAX_LENGTH * 2])[:SIMILAR_WORDS_LIMIT]
    if not words:
        return []
    candidates = _build_subquery(get_engine().build_similar_statement(words, SIMILAR_CANDIDATES))
    ranked = []
    for skill in Skill.objects.current().with_group().filter(pk__in=candidates):
        similarity = _compute_similarity(words, split_words(skill.name))
        if similarity >= SIMILARITY_MIN:
            # The primary key is unique, so sorting never compares the skills themselves.
            ranked.append((-similarity, skill.sort_key, skill.pk, skill))
    return [skill for *_order, skill in sorted(ranked)[:limit]]


def _build_subquery(statement: Statement) -> RawSQL:
    sql, parameters = statement
    return RawSQL(sql, parameters)  # noqa: S611 - a constant of an engine; user input is in the parameters only


def require_no_nul(*texts: str) -> None:
    """Raise `InvalidQuery` if one of the texts holds a NUL character.

    PostgreSQL cannot compare it and would answer with a database error.
    """
    if any("\0" in text for text in texts):
        raise InvalidQuery(_("The search contains a character that no text can contain."))


def _require_valid_query(query: str) -> None:
    """Raise `QueryTooLong` or `InvalidQuery` for a query that cannot be run."""
    if len(query) > QUERY_MAX_LENGTH:
        raise QueryTooLong(_("A search has at most %(limit)s characters.") % {"limit": QUERY_MAX_LENGTH})
    require_no_nul(query)


def _compute_similarity(first: Iterable[str], second: Iterable[str]) -> float:
    """Return the share of common trigrams among all trigrams of two names, from 0 to 1 (Jaccard index)."""
    one, other = build_trigrams(first), build_trigrams(second)
    return len(one & other) / (len(one | other) or 1)
