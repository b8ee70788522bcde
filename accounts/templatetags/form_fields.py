"""Form fields as the site draws them."""

from django import template
from django.forms import BoundField, CheckboxInput, Select
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def control(field: BoundField) -> SafeString:
    """Return a field's control in the site's look; Django ties help and errors to it."""
    widget = field.field.widget
    look = "form-check-input" if is_checkbox(field) else "form-select" if isinstance(widget, Select) else "form-control"
    invalid = " is-invalid" if field.errors else ""
    return field.as_widget(attrs={"class": look + invalid, "placeholder": widget.attrs.get("data-example", "")})


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether a field is ticked rather than filled in."""
    return isinstance(field.field.widget, CheckboxInput)
