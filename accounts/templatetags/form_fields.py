"""Filters and tags that render form fields, and the errors that belong to them, in the look of the site."""

from collections.abc import Iterable

from django import template
from django.forms import BoundField, CheckboxInput, Select
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from skills.web.form_errors import FormError

register = template.Library()


@register.filter
def control(field: BoundField) -> SafeString:
    """Return the HTML of a field's control with the site's CSS classes.

    Django connects help text and errors to it. `data-example` on the widget becomes its placeholder.
    """
    widget = field.field.widget
    css_class = (
        "form-check-input" if is_checkbox(field) else "form-select" if isinstance(widget, Select) else "form-control"
    )
    example = widget.attrs.get("data-example", "")
    return field.as_widget(attrs={"class": css_class, "placeholder": example})


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Return whether a field is a checkbox.

    Templates put the label of a checkbox behind its control.
    """
    return isinstance(field.field.widget, CheckboxInput)


@register.simple_tag(takes_context=True)
def error_attributes(context: Context, *id_parts: object, hint: str = "") -> SafeString:
    """Return the attributes that tie a control to its error, '' for a control without one.

    For controls that a template writes itself; `id_parts` together are the id. `hint` is the id of a text that always
    describes the control.
    """
    control_id = _join(id_parts)
    if not _list_messages(context, control_id):
        return format_html('aria-describedby="{}"', hint) if hint else SafeString("")
    return format_html('aria-invalid="true" aria-describedby="{}{}_error"', f"{hint} " if hint else "", control_id)


@register.simple_tag(takes_context=True)
def field_errors(context: Context, *id_parts: object) -> SafeString:
    """Return the list of errors of a control, '' if there are none; it belongs behind the control.

    `id_parts` together are the id of the control.
    """
    control_id = _join(id_parts)
    return format_field_errors(control_id, _list_messages(context, control_id))


@register.filter
def bound_errors(field: BoundField) -> SafeString:
    """Return the list of errors of a field whose control Django renders, and connects to this list by its id."""
    return format_field_errors(field.auto_id, map(str, field.errors))


def format_field_errors(control_id: str, messages: Iterable[str]) -> SafeString:
    """Return a list of error messages as HTML, with the id to which the control's `aria-describedby` points.

    Without messages the result is ''.
    """
    lines = format_html_join("", "<li>{}</li>", ((message,) for message in messages))
    return format_html('<ul class="field-errors" id="{}_error">{}</ul>', control_id, lines) if lines else lines


def _join(id_parts: Iterable[object]) -> str:
    return "".join(str(part) for part in id_parts)


def _list_messages(context: Context, control_id: str) -> list[str]:
    errors: Iterable[FormError] = context.get("form_errors") or ()
    return [error.message for error in errors if error.control_id == control_id]
