"""Small pieces that stand on many pages: icons, level chips, obligations, strips."""

from collections.abc import Sequence
from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from skills.content.ladder import LadderStep
from skills.models import Obligation, Role
from skills.structure.heat import Heat
from skills.text import markdown as markdown_rules
from skills.web import slots

register = template.Library()

STRIP_WIDTH, BAR_GAP, BAR_HEIGHT, BAR_MINIMUM = 72, 3, 16, 3
EMPTY_CELL = format_html('<td><span class="visually-hidden">{}</span></td>', 0)


@cache
def _get_sprite_url() -> str:
    return static("img/icons.svg")


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return an icon of the sprite. It is decoration: the words beside it say the same."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', _get_sprite_url(), name)


@register.simple_tag(takes_context=True)
def slot(context: template.RequestContext, name: str, *arguments: object) -> SafeString:
    """Return the place for what belongs to one reader, see skills/web/slots.py."""
    request = context.get("request")
    return slots.place_slot(request, name, arguments) if request else SafeString("")


@register.simple_tag
def level_chip(step: LadderStep) -> SafeString:
    """Return a level's name on its own hue."""
    return format_html('<span class="level-chip hue-{}">{}</span>', step.hue, step.name)


@register.simple_tag
def level_mark(step: LadderStep) -> SafeString:
    """Return a small square of a level's hue, to stand before its name."""
    return format_html('<span class="level-mark hue-{}"></span>', step.hue)


@register.simple_tag
def obligation(value: str) -> SafeString:
    """Return an obligation as dot and word."""
    return format_html('<span class="obligation obligation-{}">{}</span>', value, _get_label(value))


@register.simple_tag
def obligation_column(value: str) -> SafeString:
    """Return an obligation for a column headed "mandatory": there "optional" is the quiet case.

    Its word is shown and read aloud, yet is not part of the text, as on the page this follows.
    """
    if value != Obligation.OPTIONAL:
        return obligation(value)
    return format_html('<span class="obligation obligation-{}" data-word="{}"></span>', value, _get_label(value))


@register.simple_tag
def obligation_word(value: str) -> str:
    """Return an obligation as a word, a tick where the source states none."""
    return "✓" if value == Obligation.NOT_STATED else _get_label(value)


def _get_label(value: str) -> str:
    return str(Obligation(value).label)


@register.simple_tag
def counts(skills: int | None = None, roles: int | None = None, requirements: int | None = None) -> str:
    """Return "3 skills, 2 roles, 7 requirements" with what is given."""
    parts = []
    if skills is not None:
        parts.append(ngettext("%(count)s skill", "%(count)s skills", skills) % {"count": skills})
    if roles is not None:
        parts.append(ngettext("%(count)s role", "%(count)s roles", roles) % {"count": roles})
    if requirements is not None:
        words = ngettext("%(count)s requirement", "%(count)s requirements", requirements)
        parts.append(words % {"count": requirements})
    return ", ".join(parts)


@register.filter
def markdown(text: str) -> SafeString:
    """Return Markdown as clean HTML."""
    return markdown_rules.render(text)


@register.simple_tag
def strip(heats: Sequence[tuple[LadderStep, Heat]]) -> SafeString:
    """Return a row of bars, one for each step, as high as what it requires."""
    if not heats:
        return SafeString("")
    most = max(heat.total for _step, heat in heats) or 1
    words = ", ".join(f"{step.name} {heat.total}" for step, heat in heats)
    width = round((STRIP_WIDTH + BAR_GAP) / max(len(heats), 5) - BAR_GAP, 1)
    bars = (_build_bar(position, step, heat, most, width) for position, (step, heat) in enumerate(heats))
    return format_html(
        '<svg class="strip" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        STRIP_WIDTH,
        BAR_HEIGHT,
        gettext("Requirements by level: %(levels)s") % {"levels": words},
        format_html_join("", '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"></rect>', bars),
    )


def _build_bar(
    position: int, step: LadderStep, heat: Heat, most: int, width: float
) -> tuple[str, float, float, float, float]:
    height = max(BAR_MINIMUM, round(BAR_HEIGHT * heat.total / most, 1)) if heat.total else BAR_MINIMUM
    style = f"hue-{step.hue}" if heat.total else "none"
    return (style, round(position * (width + BAR_GAP), 1), BAR_HEIGHT - height, width, height)


@register.simple_tag
def heat_cells(cells: Sequence[tuple[LadderStep | Role, Heat]]) -> SafeString:
    """Return the cells of a row of a heat overview: how many requirements, and how many of them are mandatory.

    A tag, as a large framework has thousands of them.
    """
    words = format_html(
        '<span class="visually-hidden" lang="{}">{} </span>', get_language() or "", gettext("of which mandatory:")
    )
    return format_html_join("", "{}", ((_render_heat_cell(column, heat, words),) for column, heat in cells))


def _render_heat_cell(column: LadderStep | Role, heat: Heat, label: SafeString) -> SafeString:
    if not heat.total:
        return EMPTY_CELL
    style = f"filled hue-{column.hue}" if isinstance(column, LadderStep) else "filled"
    if not heat.stated:
        return format_html('<td class="{}">{}</td>', style, heat.total)
    return format_html(
        '<td class="{}">{}<small class="duty">{}{}</small></td>', style, heat.total, label, heat.mandatory
    )
