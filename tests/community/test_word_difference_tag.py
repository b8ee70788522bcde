"""The difference of two texts as pages show it."""

from django.template import Context, Template

TAG = Template("{% load differences %}{% word_difference before after %}")


def test_words_that_go_and_come_are_marked_by_more_than_colour() -> None:
    shown = TAG.render(Context({"before": "Kneads dough.", "after": "Kneads bread."}))
    assert shown == 'Kneads <del class="removed">dough</del><ins class="added">bread</ins>.'


def test_texts_are_escaped_and_nothing_is_as_good_as_an_empty_text() -> None:
    shown = TAG.render(Context({"before": None, "after": "<script>"}))
    assert shown == '<ins class="added">&lt;script&gt;</ins>'
