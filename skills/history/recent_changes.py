"""Recent changes of everything: what a reader may ask for, and the revisions that fit, latest first."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.db.models import QuerySet
from django.http import QueryDict

from skills import search
from skills.content.names import Names, build_names_by_framework
from skills.history.entries import select_for_list
from skills.models import Level, Revision, Role

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class ChangeFilters:
    """What the reader asked for: slugs, values of `Significance` and `Revision.Origin`, a user name; '' is anything."""

    framework: str = ""
    domain: str = ""
    role: str = ""
    significance: str = ""
    origin: str = ""
    author: str = ""

    @classmethod
    def from_query(cls, data: QueryDict) -> "ChangeFilters":
        """Read the filters from a query string; raises `search.InvalidQuery` for a value that no text can be."""
        values = {name: data.get(name, "").strip() for name in cls.__dataclass_fields__}
        search.refuse_nul(*values.values())
        return cls(**values)

    @property
    def has_any(self) -> bool:
        """Whether anything was asked for at all."""
        return any(asdict(self).values())

    def build_query_string(self, **extra: str) -> str:
        """Return these filters as a query string, without what was left open."""
        data = QueryDict(mutable=True)
        for name, value in (asdict(self) | extra).items():
            if value:
                data[name] = value
        return data.urlencode()


def find_revisions(filters: ChangeFilters, role: Role | None) -> QuerySet[Revision]:
    """Return the revisions that fit, latest first, with skill and people; `role` is the one asked for, if it exists."""
    found = select_for_list(Revision.objects.select_related("skill__group__domain", "skill__framework"))
    columns = {
        "skill__framework__slug": filters.framework,
        "skill__group__domain__slug": filters.domain,
        "significance": filters.significance,
        "origin": filters.origin,
        "author__username": filters.author,
    }
    found = found.filter(**{column: value for column, value in columns.items() if value})
    if filters.role:
        found = _filter_by_role(found, role)
    return found.order_by("-published_at", "-pk")


def _filter_by_role(revisions: QuerySet[Revision], role: Role | None) -> QuerySet[Revision]:
    """Keep the revisions that changed a requirement of the role; two frameworks may have roles of one key."""
    if role is None:
        return revisions.none()
    return revisions.filter(changed_roles__role_key=role.key, skill__framework=role.framework_id)


def load_all_names(roles: list[Role]) -> Mapping[int, Names]:
    """Return what the keys in revisions mean, by framework; one query besides the given roles."""
    return build_names_by_framework(roles, Level.objects.all())
