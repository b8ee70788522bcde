"""What a notice says, see community/notice_words.py."""

from django import template

from community import notice_words

register = template.Library()

register.filter("actor", notice_words.actor_of)
register.filter("is_readable", notice_words.is_readable)
register.filter("name", notice_words.name_of)
register.filter("what", notice_words.what_of)
register.filter("welcome", notice_words.welcome_of)
register.filter("quote", notice_words.quote_of)
register.filter("button", notice_words.button_of)
register.filter("counted", notice_words.counted)
