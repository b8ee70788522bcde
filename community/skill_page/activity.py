"""The activity of a skill: its latest suggestions, and the cells with open suggestions or comments."""

from dataclasses import dataclass

from django.db import connection

BLOCK_SIZE = 5
"""The number of suggestions on the page of a skill."""


@dataclass(frozen=True, slots=True)
class SkillActivity:
    """What the slots on the page of a skill depend on; two equal values give the same HTML."""

    type OpenCells = tuple[tuple[str, str], ...]
    type Counts = tuple[tuple[str, str, int], ...]

    latest_suggestions: tuple[tuple[object, ...], ...]
    open_cells: OpenCells  # role and level of each cell that an undecided suggestion changes
    comment_counts: Counts  # role and level of each cell with comments, and their number


# Run for every page of a skill that is served; with querysets it would cost twenty times as much.
# The first column is the kind of row: one of the latest suggestions, a cell that undecided suggestions change, or a
# cell with comments. Every other column has one meaning in all rows, and is NULL in rows that do not have it: four
# comments on the cell of a junior baker are a row of 'comments', nine times NULL, 'baker', 'junior' and 4.
_ACTIVITY_QUERY = """
WITH latest AS (
    SELECT id FROM community_suggestion
    WHERE skill_id = %s AND submitted_at IS NOT NULL AND hidden_at IS NULL AND held_at IS NULL
    ORDER BY CASE WHEN state IN ('open', 'changes_requested') THEN 0 ELSE 1 END, submitted_at DESC, id DESC
    LIMIT %s
)
SELECT 'suggestion' AS kind, s.id, s.submitted_at, s.state, s.reason, u.name, u.username,
    u.is_public AND u.is_active AS is_shown,
    (SELECT COALESCE(SUM(v.value), 0) FROM community_vote v WHERE v.suggestion_id = s.id) AS score,
    (SELECT COUNT(*) FROM community_suggestedchange c WHERE c.suggestion_id = s.id) AS change_count,
    NULL AS role, NULL AS level, CAST(NULL AS BIGINT) AS comment_count
FROM community_suggestion s LEFT JOIN accounts_user u ON u.id = s.author_id
WHERE s.id IN (SELECT id FROM latest)
UNION ALL
SELECT 'cell', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, c.role, c.level, NULL
FROM community_suggestedchange c JOIN community_suggestion s ON s.id = c.suggestion_id
WHERE s.skill_id = %s AND s.state IN ('open', 'changes_requested') AND s.hidden_at IS NULL AND s.held_at IS NULL
    AND c.field = 'requirement' AND c.outcome = 'pending'
GROUP BY c.role, c.level
UNION ALL
SELECT 'comments', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, c.role, c.level, COUNT(*)
FROM community_comment c
WHERE c.skill_id = %s AND c.role <> '' AND c.deleted_at IS NULL AND c.hidden_at IS NULL AND c.held_at IS NULL
GROUP BY c.role, c.level
"""


def load_skill_activity(skill_id: int) -> SkillActivity:
    """Return the activity of the skill with this primary key, in one short query.

    Hidden and held suggestions and comments are left out, as for readers without an account.
    """
    suggestions: list[tuple[object, ...]] = []
    cells: list[tuple[str, str]] = []
    comment_counts: list[tuple[str, str, int]] = []
    with connection.cursor() as cursor:
        cursor.execute(_ACTIVITY_QUERY, [skill_id, BLOCK_SIZE, skill_id, skill_id])
        for kind, *suggestion, role, level, comment_count in cursor.fetchall():
            if kind == "suggestion":
                suggestions.append(tuple(suggestion))
            elif kind == "cell":
                cells.append((role, level))
            else:
                comment_counts.append((role, level, comment_count))
    # Sorted, because the order of rows differs between queries and the value is hashed as a state.
    return SkillActivity(tuple(sorted(suggestions)), tuple(sorted(cells)), tuple(sorted(comment_counts)))
