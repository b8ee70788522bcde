"""The search index. skills/search fills it and reads it, with one engine for each database."""

from django.db import models

from skills.models.catalogue import Skill


class SearchEntry(models.Model):
    """The searchable texts of a skill in folded form (see `skills.search.text.fold`), one field for each weight.

    A migration adds what Django cannot declare: on PostgreSQL a generated tsvector column with its index,
    on SQLite an FTS5 table that triggers keep in step.
    """

    skill = models.OneToOneField(Skill, on_delete=models.CASCADE, primary_key=True, related_name="search_entry")
    # From the highest weight to the lowest: a match in the name counts most.
    name = models.TextField()
    tags = models.TextField()
    roles = models.TextField()
    body = models.TextField()
    # The version of the rules by which the texts were split into words, see `skills.search.indexing`; None before
    # there was one. Nullable and without a default, so that SQLite adds the column without making the table again.
    version = models.PositiveSmallIntegerField(null=True)

    class Meta:
        indexes = (models.Index(fields=["version"], name="search_entry_version"),)

    def __str__(self) -> str:
        return self.name
