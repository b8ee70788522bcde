"""The difference of two texts as readers see it."""

from django import template

from skills.text.difference_html import word_difference

register = template.Library()
register.simple_tag(word_difference)
