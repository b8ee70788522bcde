"""The report of loading a file: counts, and what differs from the file afterwards."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class LoadReport:
    """Counts of a load. "Others" are the framework, levels, roles with their titles, domains and groups."""

    skills_created: int = 0
    skills_changed: int = 0
    skills_unchanged: int = 0
    others_created: int = 0
    others_changed: int = 0
    # Changed in the file and on the site: the site's value is kept. One line of text for each.
    kept: list[str] = field(default_factory=list)
    # No longer in the file, kept on the site. One line of text for each.
    missing: list[str] = field(default_factory=list)

    def count(self, *, created: bool = False, changed: bool = False) -> None:
        """Count a row other than a skill: as created, or else as changed, or not at all.

        Called for every row, so callers need no condition.
        """
        if created:
            self.others_created += 1
        elif changed:
            self.others_changed += 1

    @property
    def others_written(self) -> int:
        """The number of rows other than skills that were created or changed."""
        return self.others_created + self.others_changed

    @property
    def summary(self) -> str:
        """The load in one line of English, for the command's output."""
        if not (self.skills_created or self.skills_changed or self.others_written):
            return f"nothing changed (skills: {self.skills_unchanged})"
        skills = f"{self.skills_created} created, {self.skills_changed} changed, {self.skills_unchanged} unchanged"
        others = f"{self.others_created} created, {self.others_changed} changed"
        return f"skills: {skills}; everything else: {others}"
