"""Pages of the Django admin as a staff member's browser meets them."""

from typing import Any

from bs4 import BeautifulSoup, Tag
from django.test import Client

from skills.models import Skill
from tests.factories import cell, make_domain, make_framework, make_group, make_role, make_skill


def make_baking() -> Skill:
    """Return Baking, which asks two things of a baker."""
    framework = make_framework("own")
    role = make_role(framework, "Baker")
    junior, middle = framework.levels.order_by("rank")[:2]
    group = make_group(make_domain(framework, "Kitchen"), "Ovens")
    cells = {
        (role, junior): cell("Kneads.\n\n- well", "mandatory", "awareness"),
        (role, middle): cell("Bakes.", "optional"),
    }
    return make_skill(group, "Baking", cells)


def page_of(client: Client, address: str) -> Tag:
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def typed(page: Tag) -> dict[str, str]:
    """Return the form of a page as a browser would send it, with CR LF in its texts."""
    form = page.select_one("#content-main form[method=post]")
    assert form
    data: dict[str, str] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        name = str(field["name"])
        if field.has_attr("disabled") or field.has_attr("multiple"):
            continue
        if field.name == "select":
            chosen = field.select_one("option[selected]")
            data[name] = str(chosen["value"]) if chosen else ""
        elif field.name == "textarea":
            data[name] = field.get_text().removeprefix("\n").replace("\n", "\r\n")
        elif field.get("type") in {"checkbox", "radio"}:
            data |= {name: str(field.get("value", "on"))} if field.has_attr("checked") else {}
        elif field.get("type") != "submit":
            data[name] = str(field.get("value", ""))
    return data


def change_address(thing: Any) -> str:
    return f"/admin/{thing._meta.app_label}/{thing._meta.model_name}/{thing.pk}/change/"


def errors_of(response: Any) -> list[str]:
    return [error.get_text() for error in BeautifulSoup(response.content, "html.parser").select(".errorlist li")]
