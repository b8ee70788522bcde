"""The catalogue: frameworks with their levels and roles, domains with their groups and skills."""

from skills.models.catalogue import Domain, Group, Obligation, Requirement, Skill
from skills.models.frameworks import Framework, Level, Role, RoleLevel
from skills.models.paths import FormerPath
from skills.models.revisions import CatalogueVersion, Revision, RevisionRole, Significance
from skills.models.search import SearchEntry

__all__ = [
    "CatalogueVersion",
    "Domain",
    "FormerPath",
    "Framework",
    "Group",
    "Level",
    "Obligation",
    "Requirement",
    "Revision",
    "RevisionRole",
    "Role",
    "RoleLevel",
    "SearchEntry",
    "Significance",
    "Skill",
]
