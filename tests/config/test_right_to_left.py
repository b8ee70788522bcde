"""A framework in Arabic runs from right to left on every page that shows it, also for who writes and reviews."""

import re

import pytest
from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from config.settings import BASE_DIR
from skills.models import CatalogueVersion, Domain, Framework, Group, Requirement, Role, Skill
from skills.text.direction import ISOLATE, get_direction
from tests.config.test_every_url import OURS
from tests.config.url_stage import Stage, make_stage
from tests.config.url_table import ROLES

pytestmark = pytest.mark.django_db

ADMINISTRATOR = ROLES.index("administrator")
# Names and texts of the framework, each with a sign of its own behind it.
NAMES = {
    Framework: "إطار",
    Domain: "المخبز",
    Group: "الأفران",
    Role: "خباز",
    Skill: "الخبز",
}
TEXT = "يعجن العجين."


def translate(stage: Stage) -> None:
    """Bring the names and requirements of the stage's framework into Arabic."""
    framework = stage.world.skill.framework
    Framework.objects.filter(pk=framework.pk).update(language="ar", name=NAMES[Framework])
    Domain.objects.filter(framework=framework).update(name=NAMES[Domain])
    Group.objects.filter(domain__framework=framework).update(name=NAMES[Group])
    Role.objects.filter(framework=framework).update(name=NAMES[Role])
    Skill.objects.filter(framework=framework).update(name=NAMES[Skill], summary=TEXT, tag_line=TEXT)
    Requirement.objects.filter(skill__framework=framework).update(description=TEXT)
    CatalogueVersion.objects.advance()


def get_effective_direction(element: Tag | None) -> str:
    """Return the direction of the nearest element that names one."""
    while element is not None and "dir" not in element.attrs:
        element = element.parent
    return "ltr" if element is None else str(element["dir"])


def is_on_page(text: NavigableString) -> bool:
    """Return whether a text is on the page itself, where elements set its direction, and not isolated by marks."""
    return ISOLATE not in text and all(
        parent.name not in {"title", "script", "style", "option"} for parent in text.parents
    )


def test_every_language_has_its_direction_on_every_page() -> None:
    stage = make_stage("administrator")
    translate(stage)
    wrong = []
    names = re.compile("|".join(map(re.escape, [*NAMES.values(), TEXT])))
    for row in OURS:
        if not row.get or row.get.split()[ADMINISTRATOR] != "200":
            continue
        response = stage.ask("get", row.address)
        if not response.headers["Content-Type"].startswith("text/html"):
            continue
        page = BeautifulSoup(response.text, "html.parser")
        wrong += [
            f"{row.address}: {element.name} lang={element['lang']} dir={element.get('dir')}"
            for element in page.select("[lang]:not(html)")
            if element.get("dir") not in {"auto", get_direction(str(element["lang"]))}
        ]
        wrong += [
            f"{row.address}: {text.parent} is not from right to left"
            for text in page.find_all(string=names)
            if is_on_page(text) and get_effective_direction(text.parent) not in {"rtl", "auto"}
        ]
    assert wrong == [], "\n".join(wrong)


def test_templates_name_the_direction_with_each_language_of_content() -> None:
    templates = [*(BASE_DIR / "templates").rglob("*.html")]
    assert templates
    # The pages themselves are in German or English.
    found = {path.name for path in templates if re.search(r"(?<!html )lang=\"{{", path.read_text())}
    assert found == set()


def test_breadcrumbs_and_levels_run_in_one_direction_each_also_in_parts_of_a_page() -> None:
    stage = make_stage("administrator")
    translate(stage)
    skill = stage.world.skill
    for page in ("", "history/", "comments/"):
        address = skill.get_absolute_url() + page
        crumbs = BeautifulSoup(stage.ask("get", address).text, "html.parser").select(".crumbs ol, .crumbs li")
        assert crumbs
        assert {get_effective_direction(element) for element in crumbs} == {"ltr"}
    role = Role.objects.filter(framework=skill.framework)[0]
    for address, levels in (
        (skill.get_absolute_url(), ".ladder, .tabs"),
        (role.get_absolute_url(), ".ladder, .heat"),
    ):
        part = stage.browser.get(address, headers={"HX-Request": "true"})
        elements = BeautifulSoup(part.text, "html.parser").select(levels)
        assert len(elements) > 1
        assert {get_effective_direction(element) for element in elements} == {"rtl"}
