"""Recent changes of all skills: the filters that a reader may set, and the matching revisions, latest first."""

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
    """The filters that a reader has set; an empty string means no filter.

    `framework`, `domain` and `role` are slugs, `significance` is a value of `Significance`, `origin` one of
    `Revision.Origin`, and `author` a user name.
    """

    framework: str = ""
    domain: str = ""
    role: str = ""
    significance: str = ""
    origin: str = ""
    author: str = ""

    @classmethod
    def from_query(cls, data: QueryDict) -> "ChangeFilters":
        """Return the filters of a query string; other parameters are ignored.

        Raises `search.InvalidQuery` if a value holds a NUL character, which PostgreSQL cannot compare.
        """
        # The parameters have the names of the fields; an unknown value is kept and matches no revision.
        values = {name: data.get(name, "").strip() for name in cls.__dataclass_fields__}
        search.require_no_nul(*values.values())
        return cls(**values)

    @property
    def has_any(self) -> bool:
        """Whether at least one filter is set."""
        return any(asdict(self).values())

    def build_query_string(self, **extra: str) -> str:
        """Return the filters that are set as a query string, without a question mark.

        `extra` holds more parameters, such as the page number.
        """
        data = QueryDict(mutable=True)
        for name, value in (asdict(self) | extra).items():
            if value:
                data[name] = value
        return data.urlencode()


def list_revisions(filters: ChangeFilters, role: Role | None) -> QuerySet[Revision]:
    """Return the revisions that match the filters, latest first, with skill, author and reviewer loaded.

    `role` is the role with the slug `filters.role`; if there is a slug but no such role, nothing matches.
    """
    revisions = select_for_list(Revision.objects.select_related("skill__group__domain", "skill__framework"))
    columns = {
        "skill__framework__slug": filters.framework,
        "skill__group__domain__slug": filters.domain,
        "significance": filters.significance,
        "origin": filters.origin,
        "author__username": filters.author,
    }
    revisions = revisions.filter(**{column: value for column, value in columns.items() if value})
    if filters.role:
        revisions = _filter_by_role(revisions, role)
    # Revisions may share their time: with the primary key the order is total, so pages do not overlap.
    return revisions.order_by("-published_at", "-pk")


def _filter_by_role(revisions: QuerySet[Revision], role: Role | None) -> QuerySet[Revision]:
    """Keep the revisions that changed a requirement of the role."""
    if role is None:
        return revisions.none()
    # By framework too: two frameworks may have roles with the same key.
    return revisions.filter(changed_roles__role_key=role.key, skill__framework=role.framework_id)


def load_all_names(roles: list[Role]) -> Mapping[int, Names]:
    """Return the names behind the keys in revisions, by the primary key of the framework.

    `roles` are all roles; the levels take one query.
    """
    return build_names_by_framework(roles, Level.objects.all())
