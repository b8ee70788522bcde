"""The template tag `word_difference`, which shows the difference of two texts."""

from django import template

from skills.text.difference_html import word_difference

register = template.Library()
register.simple_tag(word_difference)
