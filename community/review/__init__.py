"""The reviewer of a suggestion: queue, claims, decisions, undoing."""
