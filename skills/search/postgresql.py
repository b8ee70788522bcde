"""Searching on PostgreSQL: a generated tsvector column with a GIN index, pg_trgm for near names."""

from collections.abc import Sequence

# Column and indexes, made by a migration, are always true to their table.
repair_statements: tuple[str, ...] = ()

# One normalisation by the length of the text, as bm25 has it.
_MATCH_SQL = """
    SELECT skill_id
    FROM skills_searchentry, to_tsquery('pg_catalog.simple', %s) AS query
    WHERE words @@ query
    ORDER BY
        CASE
            WHEN name = %s THEN 0
            WHEN starts_with(name, %s) THEN 1
            WHEN words @@ to_tsquery('pg_catalog.simple', %s) THEN 2
            WHEN words @@ to_tsquery('pg_catalog.simple', %s) THEN 3
            ELSE 4
        END,
        ts_rank(words, query, 1) DESC,
        name COLLATE "C",
        skill_id
    LIMIT %s
"""

_SIMILAR_SQL = """
    SELECT skill_id FROM skills_searchentry WHERE name %% %s
    ORDER BY similarity(name, %s) DESC, skill_id LIMIT %s
"""


def build_match_statement(name: str, words: Sequence[str], limit: int) -> tuple[str, list[str | int]]:
    """Return a statement for the ids of the skills in which all words occur, best first."""
    return _MATCH_SQL, [
        _build_tsquery(words),
        name,
        name,
        _build_tsquery(words, "A"),
        _build_tsquery(words, "AB"),
        limit,
    ]


def build_rows_statement(numbers_json: str) -> tuple[str, list[str | int]]:
    """Return a statement whose rows are the numbers of a JSON array."""
    return "SELECT value::bigint FROM json_array_elements_text(%s::json)", [numbers_json]


def build_similar_statement(words: Sequence[str], limit: int) -> tuple[str, list[str | int]]:
    """Return a statement for the ids of the skills whose names have most trigrams in common with the words."""
    name = " ".join(words)
    return _SIMILAR_SQL, [name, name, limit]


def _build_tsquery(words: Sequence[str], weights: str = "") -> str:
    return " & ".join(f"'{word}':*{weights}" for word in words)
