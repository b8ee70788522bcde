"""Template filters for the text of a notice, see community/notifications/texts.py."""

from django import template

from community.notifications import texts

register = template.Library()

register.filter("actor", texts.get_actor)
register.filter("is_readable", texts.is_readable)
register.filter("name", texts.get_skill_name)
register.filter("what", texts.format_details)
register.filter("welcome", texts.format_welcome)
register.filter("quote", texts.get_quote)
register.filter("indented", texts.indent_quote)
register.filter("button", texts.get_button_label)
register.filter("counted", texts.format_tally)
