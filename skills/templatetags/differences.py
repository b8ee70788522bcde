"""The template tag `word_difference` for the difference of two texts, and the filter `label_invisible`."""

from django import template

from skills.text.difference_html import word_difference
from skills.text.invisible import label_invisible

register = template.Library()
register.simple_tag(word_difference)
register.filter(label_invisible)
