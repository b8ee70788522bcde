"""Template tags for small pieces that many pages use: icons, level chips, obligations, strips, heat cells."""

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
from skills.text.direction import format_language_attributes, isolate
from skills.text.markup import markdown as markdown_rules
from skills.web import slots

register = template.Library()
register.simple_tag(format_language_attributes, name="in_language")
register.filter("isolate", isolate)

STRIP_WIDTH, BAR_GAP, BAR_HEIGHT, BAR_MINIMUM = 72, 3, 16, 3  # units of the SVG
# Visually empty, but screen readers read the zero.
EMPTY_CELL = format_html('<td><span class="visually-hidden">{}</span></td>', 0)


@cache
def _get_sprite_url() -> str:
    """Return the URL of the icons' sprite, looked up once per process: a page has many icons."""
    return static("img/icons.svg")


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return an icon of the sprite as SVG.

    It is decoration and hidden from screen readers: the text beside it must say the same.
    """
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', _get_sprite_url(), name)


@register.simple_tag(takes_context=True)
def slot(context: template.RequestContext, name: str, *arguments: object) -> SafeString:
    """Return a slot: a place for what depends on the reader, see skills/web/slots.py.

    `name` is a key of the setting PAGE_SLOTS; `arguments` are passed to the slot as texts.
    """
    request = context.get("request")
    # Without a request, as in mail and on error pages, there is no reader to fill the slot for.
    return slots.place_slot(request, name, arguments) if request else SafeString("")


@register.simple_tag
def level_chip(step: LadderStep) -> SafeString:
    """Return the name of a level on the hue of the level.

    The CSS classes hue-0, hue-1, … have the colours.
    """
    return format_html('<span class="level-chip hue-{}">{}</span>', step.hue, step.name)


@register.simple_tag
def level_mark(step: LadderStep) -> SafeString:
    """Return a small square in the hue of a level.

    It has no text: put it before the level's name.
    """
    return format_html('<span class="level-mark hue-{}"></span>', step.hue)


@register.simple_tag
def obligation(value: str) -> SafeString:
    """Return an obligation as a dot and a word.

    `value` is a value of `Obligation`.
    """
    return format_html('<span class="obligation obligation-{}">{}</span>', value, _get_label(value))


@register.simple_tag
def obligation_column(value: str) -> SafeString:
    """Return an obligation for a column with the heading "mandatory", where "optional" is the quiet case.

    The word "optional" comes from CSS (`data-word`): it is shown and read aloud, but not part of the page's text,
    as on the page that this one follows.
    """
    if value != Obligation.OPTIONAL:
        return obligation(value)
    return format_html('<span class="obligation obligation-{}" data-word="{}"></span>', value, _get_label(value))


@register.simple_tag
def obligation_word(value: str) -> str:
    """Return an obligation as a word in the active language.

    A tick if the source states none: the requirement exists, and that is all.
    """
    return "✓" if value == Obligation.NOT_STATED else _get_label(value)


def _get_label(value: str) -> str:
    return str(Obligation(value).label)


@register.simple_tag
def counts(skills: int | None = None, roles: int | None = None, requirements: int | None = None) -> str:
    """Return counts as text in the active language, such as "3 skills, 2 roles, 7 requirements".

    Only the counts that are given appear; 0 is a count like any other.
    """
    parts = []
    if skills is not None:
        parts.append(ngettext("%(count)s skill", "%(count)s skills", skills) % {"count": skills})
    if roles is not None:
        parts.append(ngettext("%(count)s role", "%(count)s roles", roles) % {"count": roles})
    if requirements is not None:
        label = ngettext("%(count)s requirement", "%(count)s requirements", requirements)
        parts.append(label % {"count": requirements})
    return ", ".join(parts)


@register.filter
def markdown(text: str) -> SafeString:
    """Return Markdown as clean HTML.

    See `skills.text.markup.markdown.render`, which also caches the result.
    """
    return markdown_rules.render(text)


@register.simple_tag
def strip(heats: Sequence[tuple[LadderStep, Heat]]) -> SafeString:
    """Return a row of bars as SVG, one for each step, as high as its number of requirements.

    The highest bar fills the height. Screen readers get the names and numbers; without steps the result is ''.
    """
    if not heats:
        return SafeString("")
    highest = max(heat.total for _step, heat in heats) or 1
    levels = ", ".join(f"{step.name} {heat.total}" for step, heat in heats)
    # At least five columns, so that the bars of a short ladder are not too wide. There is no gap after the last one.
    width = round((STRIP_WIDTH + BAR_GAP) / max(len(heats), 5) - BAR_GAP, 1)
    bars = (_build_bar(position, step, heat, highest, width) for position, (step, heat) in enumerate(heats))
    return format_html(
        '<svg class="strip" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        STRIP_WIDTH,
        BAR_HEIGHT,
        gettext("Requirements by level: %(levels)s") % {"levels": levels},
        format_html_join("", '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"></rect>', bars),
    )


def _build_bar(
    position: int, step: LadderStep, heat: Heat, highest: int, width: float
) -> tuple[str, float, float, float, float]:
    """Return CSS class, x, y, width and height of a bar; a step without requirements has a low, colourless one."""
    height = max(BAR_MINIMUM, round(BAR_HEIGHT * heat.total / highest, 1)) if heat.total else BAR_MINIMUM
    style = f"hue-{step.hue}" if heat.total else "none"
    # SVG counts y from the top: a bar begins as far down as its height leaves free.
    return (style, round(position * (width + BAR_GAP), 1), BAR_HEIGHT - height, width, height)


@register.simple_tag
def heat_cells(cells: Sequence[tuple[LadderStep | Role, Heat]]) -> SafeString:
    """Return the cells of one row of a heat overview: all requirements, and how many of them are mandatory.

    A tag and not a template, because a large framework has thousands of cells.
    """
    # The same for every cell of the row, so it is built once.
    label = format_html(
        '<span class="visually-hidden" {}>{} </span>',
        format_language_attributes(get_language() or ""),
        gettext("of which mandatory:"),
    )
    return format_html_join("", "{}", ((_render_heat_cell(column, heat, label),) for column, heat in cells))


def _render_heat_cell(column: LadderStep | Role, heat: Heat, label: SafeString) -> SafeString:
    """Return one cell; the number of mandatory requirements is left out if none states an obligation."""
    if not heat.total:
        return EMPTY_CELL
    style = f"filled hue-{column.hue}" if isinstance(column, LadderStep) else "filled"
    if not heat.stated:
        return format_html('<td class="{}">{}</td>', style, heat.total)
    return format_html(
        '<td class="{}">{}<small class="duty">{}{}</small></td>', style, heat.total, label, heat.mandatory
    )
