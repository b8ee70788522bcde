"""The catalogue in Django admin.

Every save advances the catalogue version, so that cached pages expire. Skills are saved by `revisions.publish`.
"""

# Importing the modules registers their admin classes.
from skills.admin import records, skills, structure

__all__ = ["records", "skills", "structure"]
