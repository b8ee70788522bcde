"""Filters that render form fields in the look of the site."""

from django import template
from django.forms import BoundField, CheckboxInput, Select
from django.utils.safestring import SafeString

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
    invalid_class = " is-invalid" if field.errors else ""
    example = widget.attrs.get("data-example", "")
    return field.as_widget(attrs={"class": css_class + invalid_class, "placeholder": example})


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Return whether a field is a checkbox.

    Templates put the label of a checkbox behind its control.
    """
    return isinstance(field.field.widget, CheckboxInput)
