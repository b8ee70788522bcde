"""Search on PostgreSQL: a generated tsvector column with a GIN index, and pg_trgm for similar names."""

from collections.abc import Sequence

# A migration creates column and indexes; PostgreSQL keeps them in step with the table, so nothing needs repair.
repair_statements: tuple[str, ...] = ()

# The order is that of `find_skill_ids`: equal name, beginning of the name, all words in the name (weight A), in
# name and tags (A and B), then the rank. The 1 of `ts_rank` normalises by the length of the text, as bm25 does.
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

# "%%" is the operator "%" of pg_trgm, escaped for the placeholders: true from its similarity threshold on.
_SIMILAR_SQL = """
    SELECT skill_id FROM skills_searchentry WHERE name %% %s
    ORDER BY similarity(name, %s) DESC, skill_id LIMIT %s
"""


def build_match_statement(name: str, words: Sequence[str], limit: int) -> tuple[str, list[str | int]]:
    """Return a statement for the ids of the skills in which all words occur, best match first.

    See `Engine.build_match_statement`.
    """
    return _MATCH_SQL, [
        _build_tsquery(words),
        name,
        name,
        _build_tsquery(words, "A"),
        _build_tsquery(words, "AB"),
        limit,
    ]


def build_rows_statement(numbers_json: str) -> tuple[str, list[str | int]]:
    """Return a statement whose rows are the numbers of a JSON array.

    See `Engine.build_rows_statement`.
    """
    return "SELECT value::bigint FROM json_array_elements_text(%s::json)", [numbers_json]


def build_similar_statement(words: Sequence[str], limit: int) -> tuple[str, list[str | int]]:
    """Return a statement for the ids of the skills whose names have most trigrams in common with the words.

    See `Engine.build_similar_statement`.
    """
    name = " ".join(words)
    return _SIMILAR_SQL, [name, name, limit]


def _build_tsquery(words: Sequence[str], weights: str = "") -> str:
    """Return a tsquery for all words as beginnings, such as "'drift':*A & 'data':*A"; no weight means any."""
    return " & ".join(f"'{word}':*{weights}" for word in words)
