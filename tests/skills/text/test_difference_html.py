"""The difference of two texts as pages show it."""

from django.template import Context, Template
from django.utils import translation

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
