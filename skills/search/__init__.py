"""Full-text search for skills: the index entries, the queries on each database, and how matches are shown."""

from skills.search.finding import (
    InvalidQuery,
    QueryTooLong,
    build_id_subquery,
    find_similar_skills,
    find_skill_ids,
    require_no_nul,
)
from skills.search.indexing import index, rebuild
from skills.search.marking import build_excerpt, mark
from skills.search.text import split_words

__all__ = [
    "InvalidQuery",
    "QueryTooLong",
    "build_excerpt",
    "build_id_subquery",
    "find_similar_skills",
    "find_skill_ids",
    "index",
    "mark",
    "rebuild",
    "require_no_nul",
    "split_words",
]
