"""What loading a file did: counted, and what was kept against the file."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class LoadReport:
    """Counts of a load. `kept` are texts changed in the file and on the site, `missing` is gone from the file."""

    skills_created: int = 0
    skills_changed: int = 0
    skills_unchanged: int = 0
    others_created: int = 0
    others_changed: int = 0
    kept: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def count(self, *, created: bool = False, changed: bool = False) -> None:
        """Count something other than a skill as created, or else as changed, or not at all."""
        if created:
            self.others_created += 1
        elif changed:
            self.others_changed += 1

    @property
    def others_written(self) -> int:
        """How many things other than skills were written."""
        return self.others_created + self.others_changed

    @property
    def summary(self) -> str:
        """The load in one line."""
        if not (self.skills_created or self.skills_changed or self.others_written):
            return f"nothing changed (skills: {self.skills_unchanged})"
        skills = f"{self.skills_created} created, {self.skills_changed} changed, {self.skills_unchanged} unchanged"
        others = f"{self.others_created} created, {self.others_changed} changed"
        return f"skills: {skills}; everything else: {others}"
