"""Finding skills by their words: what an entry holds, how it is asked on each database, how finds are shown."""

from skills.search.finding import InvalidQuery, QueryTooLong, among, matching, refuse_nul, similar_names
from skills.search.indexing import index, rebuild
from skills.search.marking import excerpt, mark
from skills.search.text import fold, words

__all__ = [
    "InvalidQuery",
    "QueryTooLong",
    "among",
    "excerpt",
    "fold",
    "index",
    "mark",
    "matching",
    "rebuild",
    "refuse_nul",
    "similar_names",
    "words",
]
