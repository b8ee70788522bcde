"""What the search knows of a skill. Filled by skills/search, read through its engine of each database."""

from django.db import models

from skills.models.catalogue import Skill


class SearchEntry(models.Model):
    """A skill's words in folded form (see `skills.search.text.fold`), by how much a find there is worth.

    On PostgreSQL a generated tsvector column and its index stand beside these,
    on SQLite an FTS5 table kept in step by triggers; both are made by a migration.
    """

    skill = models.OneToOneField(Skill, on_delete=models.CASCADE, primary_key=True, related_name="search_entry")
    name = models.TextField()
    tags = models.TextField()
    roles = models.TextField()
    body = models.TextField()

    def __str__(self) -> str:
        return self.name
