"""The template filter `truncatechars`, in place of Django's, which cuts flags, emoji and syllables in two."""

from django import template
from django.template.defaultfilters import stringfilter

from skills.text.characters import shorten

register = template.Library()
register.filter("truncatechars", stringfilter(shorten), is_safe=True)
