"""What a notice says, see community/notifications/words.py."""

from django import template

from community.notifications import words

register = template.Library()

register.filter("actor", words.actor_of)
register.filter("is_readable", words.is_readable)
register.filter("name", words.name_of)
register.filter("what", words.what_of)
register.filter("welcome", words.welcome_of)
register.filter("quote", words.quote_of)
register.filter("button", words.button_of)
register.filter("counted", words.counted)
