"""Small worlds for tests. Everything made here goes through the product's own doors where one exists."""

from itertools import count

from accounts.models import User
from skills import revisions
from skills.content import naming
from skills.content.changes import SkillContent
from skills.content.matrix import Cell, Matrix, Place
from skills.models import Domain, Framework, Group, Level, Obligation, Revision, Role, Skill

LADDER = ("Junior", "Middle", "Senior", "Lead", "Principal")

_numbers = count(1)


def make_framework(slug: str = "", levels: tuple[str, ...] = LADDER, tracks: dict[str, str] | None = None) -> Framework:
    """Return a framework with its levels; `tracks` gives the track of a level, by name."""
    slug = slug or f"framework-{next(_numbers)}"
    framework = Framework.objects.create(slug=slug, name=slug.title(), licence="CC BY 4.0", attribution=f"By {slug}")
    ranks: dict[str, int] = {}
    for name in levels:
        track = (tracks or {}).get(name, "")
        ranks[track] = ranks.get(track, 0) + 1
        framework.levels.create(slug=naming.build_slug(name), name=name, track=track, rank=ranks[track])
    return framework


def make_role(framework: Framework, name: str = "") -> Role:
    name = name or f"Role {next(_numbers)}"
    role = Role(framework=framework, key=naming.build_slug(name), name=name)
    naming.assign_slug(role)
    role.save()
    return role


def make_domain(framework: Framework, name: str = "") -> Domain:
    name = name or f"Domain {next(_numbers)}"
    domain = Domain(framework=framework, key=naming.build_slug(name), name=name)
    naming.assign_slug(domain)
    domain.save()
    return domain


def make_group(domain: Domain, name: str = "") -> Group:
    name = name or f"Group {next(_numbers)}"
    group = Group(domain=domain, key=naming.build_slug(name), name=name)
    naming.assign_slug(group)
    group.save()
    return group


def cell(text: str = "Does the work.", obligation: str = Obligation.MANDATORY, proficiency: str = "") -> Cell:
    return Cell(text, str(obligation), proficiency)


def make_skill(
    group: Group,
    name: str = "",
    cells: dict[tuple[Role, Level], Cell] | None = None,
    *,
    summary: str = "",
    tag_line: str = "",
) -> Skill:
    """Return a published skill with its first revision."""
    name = name or f"Skill {next(_numbers)}"
    matrix = Matrix({Place(role.key, level.slug): value for (role, level), value in (cells or {}).items()})
    content = SkillContent(name, summary, tag_line, f"{group.domain.key}/{group.key}", matrix)
    framework = group.domain.framework
    key = f"{naming.build_slug(name)}-{next(_numbers)}"
    return revisions.create(framework, key, content, author=None, origin=Revision.Origin.IMPORT)


def make_catalogue(skills: int = 1, roles: int = 2, groups: int = 1, slug: str = "") -> Framework:
    """Return a framework with one domain, so many groups, and so many skills required of every role and level."""
    framework = make_framework(slug)
    domain = make_domain(framework)
    made_groups = [make_group(domain) for _ in range(groups)]
    made_roles = [make_role(framework) for _ in range(roles)]
    for number in range(skills):
        cells = {
            (role, level): cell(f"{role.name} on {level.name}: does it.")
            for role in made_roles
            for level in framework.levels.all()
        }
        make_skill(made_groups[number % groups], cells=cells)
    return framework


def make_user(name: str = "", /, **fields: object) -> User:
    name = name or f"user{next(_numbers)}"
    return User.objects.create_user(username=name, email=f"{name}@example.org", password="a long pass phrase", **fields)
