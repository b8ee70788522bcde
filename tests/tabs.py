"""Forms as a browser holds them: what one tab displays stays there, whatever another tab saves meanwhile."""

from bs4 import BeautifulSoup, Tag
from django.http import HttpResponseBase

type Fields = dict[str, str | list[str]]


def read_fields(response: HttpResponseBase, form: str = "main form[method=post]") -> Fields:
    """Return what a browser sends of a form of this page when nothing is changed in it; `form` is its CSS selector.

    Buttons send nothing: the test adds the one that it presses.
    """
    page = BeautifulSoup(getattr(response, "content", b""), "html.parser")
    found = page.select_one(form)
    assert found is not None, f"{form} is not on the page"
    sent: dict[str, list[str]] = {}
    for field in found.select("input[name], textarea[name], select[name]"):
        for value in _read_values(field):
            sent.setdefault(str(field["name"]), []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in sent.items()}


def _read_values(field: Tag) -> list[str]:
    if field.has_attr("disabled"):
        return []
    if field.name == "textarea":
        return [field.get_text().removeprefix("\n")]  # HTML ignores the first line end
    if field.name == "select":
        options = field.select("option[selected]") or field.select("option")[:1]
        return [str(option.get("value", option.get_text())) for option in options]
    if field.get("type") in {"checkbox", "radio"}:
        return [str(field.get("value", "on"))] if field.has_attr("checked") else []
    return [str(field.get("value", ""))] if field.get("type") not in {"submit", "button"} else []
