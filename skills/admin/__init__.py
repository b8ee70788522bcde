"""The catalogue in Django admin. What pages show is counted on with every save; skills go through `publish`."""

from skills.admin import records, skills, structure

__all__ = ["records", "skills", "structure"]
