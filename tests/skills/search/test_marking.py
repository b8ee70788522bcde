import html
import re
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.search import build_excerpt, mark, split_words
from skills.search.marking import _group_pairs, strip_markdown

any_text = st.text(st.characters(), max_size=300)


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Experiment Tracking", "exper track", "<mark>Experiment</mark> <mark>Tracking</mark>"),
        ("Die Übung macht's", "uebung", "Die <mark>Übung</mark> macht&#x27;s"),
        ("Die Uebung", "übung", "Die <mark>Uebung</mark>"),
        ("u\u0308bung!", "ubung", "<mark>u\u0308bung</mark>!"),
        ("Ex\u00adpe\u00adri\u00adment", "experiment", "<mark>Ex\u00adpe\u00adri\u00adment</mark>"),
        ("C, C++ and W&B", "c++ w&b", "C, <mark>C++</mark> and <mark>W&amp;B</mark>"),
        ("backtracking", "track", "backtracking"),
        ("<script>alert(1)</script>", "alert", "&lt;script&gt;<mark>alert</mark>(1)&lt;/script&gt;"),
        ("Опыт и навыки", "НАВЫК", "Опыт и <mark>навыки</mark>"),
        ("nothing <here>", "", "nothing &lt;here&gt;"),
        ("機械学習の運用と学習", "学習", "機械<mark>学習</mark>の運用と<mark>学習</mark>"),
        ("機械の学習", "機械学習", "<mark>機械</mark>の<mark>学習</mark>"),
        ("学校で学習", "学", "<mark>学</mark>校で<mark>学</mark>習"),
        ("習字と学習", "学習", "習字と<mark>学習</mark>"),
        ("Pythonの運用", "pyth 運用", "<mark>Python</mark>の<mark>運用</mark>"),
        ("ที่นำเข้า", "นำเข้า", "ที่<mark>นำเข้า</mark>"),
        ("ﾃﾞｰﾀ", "データ", "<mark>ﾃﾞｰﾀ</mark>"),
        ("हिन्दी में", "हिन्", "<mark>हिन्दी</mark> में"),
    ],
)
def test_whole_words_that_begin_with_a_searched_word_are_marked(text: str, query: str, expected: str) -> None:
    assert mark(text, split_words(query)) == expected


@given(any_text, any_text)
def test_a_marked_text_is_the_escaped_text_and_marks(text: str, query: str) -> None:
    marked = re.sub("</?mark>", "", mark(text, split_words(query)))
    assert html.unescape(marked) == html.unescape(html.escape(text))


def test_a_short_text_is_its_own_excerpt_without_markdown() -> None:
    text = "- Uses **MLflow** or `W&B`\n  1. _compares_ [runs](https://example.org/x)\n> \\*so\\* in snake_case, 2 * 3"
    assert build_excerpt(text, []) == "Uses MLflow or W&B compares runs *so* in snake_case, 2 * 3"


def test_an_excerpt_shows_the_first_match_with_the_text_around_it() -> None:
    text = "before " * 50 + "Tracking of it " + "after " * 50
    assert build_excerpt(text, ["track"], 60) == "… before before Tracking of it after after after after after …"


def test_an_excerpt_without_a_find_is_the_beginning() -> None:
    assert build_excerpt("word " * 100, ["other"], 20) == "word word word word …"


def test_an_excerpt_of_one_endless_word_is_cut_all_the_same() -> None:
    assert build_excerpt("x" * 1000, ["x"], 20) == "x" * 20 + " …"


def test_an_excerpt_of_a_script_without_spaces_is_cut_between_characters() -> None:
    text = "前の文。" * 50 + "機械学習" + "かﾞ\u3099" * 100
    excerpt = build_excerpt(text, split_words("学習"), 40)
    assert "機械学習" in excerpt
    assert excerpt.startswith("… ")
    assert excerpt.endswith("かﾞ\u3099 …")


def test_an_excerpt_cuts_no_flag() -> None:
    flags = "\U0001f1e9\U0001f1ea" * 30
    assert build_excerpt(flags, ["x"], 21) == "\U0001f1e9\U0001f1ea" * 10 + " …"


@given(any_text, any_text, st.integers(20, 200))
def test_an_excerpt_of_any_text_keeps_its_length(text: str, query: str, length: int) -> None:
    assert len(build_excerpt(text, split_words(query), length)) <= length + len("…  …")


@pytest.mark.parametrize("sign", ["[", "*", "_", "`", "> ", "- ", "\\", "![](", "1. "])
def test_a_text_full_of_signs_is_read_at_once(sign: str) -> None:
    assert len(strip_markdown(sign * 8000)) <= 8000 * len(sign)


def test_a_text_of_two_scripts_is_compared_with_few_words_at_each_place() -> None:
    text = "".join(f"{chr(0x4E00 + number)}a" for number in range(2000))
    words = split_words(text[:200])
    assert len(words) >= 100
    with patch("skills.search.marking._group_pairs", wraps=_group_pairs) as group:
        marked = mark(text, words * 2)
    assert marked.count("<mark>") >= 100
    assert group.call_count == 1
    ((prefixes,), _options) = group.call_args
    assert len(prefixes) == len(set(words))
    assert max(map(len, _group_pairs(prefixes).values())) <= 2
