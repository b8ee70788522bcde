"""The difference of two texts as pages show it."""

from django.template import Context, Template
from django.utils import translation

from skills.text.difference_html import MAX_MARKS, MAX_NAMED_MARKS

TAG = Template("{% load differences %}{% word_difference before after %}")


def shown(before: str | None, after: str | None) -> str:
    with translation.override("en"):
        return TAG.render(Context({"before": before, "after": after}))


def test_words_that_go_and_come_are_marked_by_more_than_colour_and_read_aloud() -> None:
    assert shown("Kneads dough.", "Kneads bread.") == (
        'Kneads <del class="removed"><span class="visually-hidden">removed: </span>dough</del>'
        '<ins class="added"><span class="visually-hidden">added: </span>bread</ins>.'
    )


def test_texts_are_escaped_and_nothing_is_as_good_as_an_empty_text() -> None:
    assert shown(None, "<script>") == (
        '<ins class="added"><span class="visually-hidden">added: </span>&lt;script&gt;</ins>'
    )


def marked(number: str, name: str) -> str:
    return (
        f'<mark class="invisible-character" dir="ltr" title="{name}">{number}'
        f'<span class="visually-hidden"> {name} </span></mark>'
    )


def test_invisible_characters_are_named_and_do_not_turn_what_follows() -> None:
    html = shown("Kneads\u202e dough.", "Kneads\u202e bread\u200b.")
    assert html.startswith("Kneads" + marked("U+202E", "right-to-left override") + " <del")
    assert marked("U+200B", "zero-width space") in html
    assert "\u202e" not in html


def test_a_change_of_nothing_but_an_invisible_character_is_seen() -> None:
    assert shown("by hand", "by\u00a0hand") == (
        'by<del class="removed"><span class="visually-hidden">removed: </span> </del>'
        f'<ins class="added"><span class="visually-hidden">added: </span>{marked("U+00A0", "no-break space")}</ins>hand'
    )
    assert marked("U+00AD", "soft hyphen") in shown("Maschine", "Ma\u00adschine")


def test_what_readers_see_or_need_stays_as_it_is() -> None:
    text = "\U0001f468\u200d\U0001f469 z.\u00a0B. Ma\u00adschine \u0645\u06cc\u200c\u062e"
    assert shown(text, text) == text
    assert marked("U+200D", "zero-width joiner") not in shown("", "\U0001f468\u200d\U0001f469")


def test_thousands_of_them_make_no_large_page() -> None:
    assert marked("U+200B ×7990", "zero-width space") in shown("a", "a" + "\u200b" * 7990)
    html = shown("", "a\u200b" * 4000)
    assert html.count("title=") == MAX_NAMED_MARKS
    assert '<mark class="invisible-character" dir="ltr">U+200B</mark>a' in html
    assert html.count("<mark") == MAX_MARKS
    assert len(html) < 100_000
    assert "\u200b" not in html
    # The bound is one for all pieces of a difference, and what readers need is never left out.
    many = shown("a b c " * 1500, "a\u00a0b c " * 1500)
    assert many.count("<mark") == MAX_MARKS
    assert many.count("\u00a0") == 1500 - MAX_MARKS
