"""Markdown as pages show it: all of it is rendered, however dense, and nothing takes long."""

import re
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.rendering import LENGTH, WORST_TEXTS, measure_milliseconds
from skills.text.markup import markdown
from skills.text.markup.markdown_pieces import MAX_DEPTH

MOST_MILLISECONDS, MOST_ORDINARY_TEXTS = 50, 200
PEOPLE = (("anna", "/a/"), ("bert", "/b/"), ("änne", "/ä/"))
MARKS = (
    *"[]()<>*_`~|\\!&#:;\"'@.-+=^ \n\t0ax\x0b\u2028é",
    *("](", "![", "**", "```", "~~~\n", "> ", "- ", "1. ", "|-|", "[^a]", "[a]: ", "https://", "<a ", "<!--", "&amp;"),
)
dense_texts = st.lists(st.sampled_from(MARKS), min_size=1, max_size=12).map("".join)


@pytest.fixture(scope="module")
def most() -> float:
    """The most milliseconds for any text; more on a machine that is slow at everything."""
    return max(MOST_MILLISECONDS, MOST_ORDINARY_TEXTS * measure_milliseconds(WORST_TEXTS["ordinary words"]))


@pytest.mark.parametrize("name", WORST_TEXTS)
def test_no_text_as_long_as_a_comment_takes_long(name: str, most: float) -> None:
    assert measure_milliseconds(WORST_TEXTS[name]) < most


@settings(deadline=None)
@given(first=dense_texts, second=dense_texts)
def test_no_mixture_of_marks_takes_long(first: str, second: str, most: float) -> None:
    half = LENGTH // 2
    assert measure_milliseconds((first * half)[:half] + (second * half)[:half]) < most


@given(dense_texts, dense_texts)
def test_no_mixture_of_marks_makes_other_html_than_allowed(first: str, second: str) -> None:
    html = markdown.render_once(f"{first}\n{second}{first}", PEOPLE)
    tags = set(re.findall(r"<(/?[a-z0-9]*)", html))
    assert {tag.strip("/") for tag in tags} <= {
        *("a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong"),
        *("table", "tbody", "td", "th", "thead", "tr", "ul"),
    }
    assert "<a" not in "".join(re.findall(r"<a [^>]*>(.*?)</a>", html, re.DOTALL)), "a link in a link"


@given(dense_texts, dense_texts)
def test_mentions_are_exactly_what_is_linked(first: str, second: str) -> None:
    text = f"{first}@anna{second} @Bert{first}"
    linked = re.findall(r'<a href="(/[ab]/)"', markdown.render_once(text, PEOPLE))
    urls = dict(PEOPLE)
    assert [urls[name] for name in markdown.list_mentions(text) if name in urls] == list(dict.fromkeys(linked))


def test_a_dense_text_is_rendered() -> None:
    rows, items, words = "|a|b|\n" * 600, "- *a*\n" * 400, "**a** " * 300
    html = markdown.render(f"|x|y|\n|-|-|\n{rows}\n{items}\n{words}")
    assert (html.count("<td>"), html.count("<li>"), html.count("<strong>")) == (1200, 400, 300)


def test_a_table_whose_short_rows_would_be_filled_with_many_cells_is_text() -> None:
    html = markdown.render("a|" * 1600 + "\n" + "-|" * 1600 + "\n" + "b\n" * 1800)
    assert "<table" not in html
    assert html.count("b") >= 1800


def test_deeper_nesting_than_anyone_reads_keeps_its_text() -> None:
    html = markdown.render("> " * 1000 + "quoted\n\n" + "- " * 1000 + "item\n\n" + "*a " * 100 + "b*" * 100)
    assert html.count("<blockquote>") == MAX_DEPTH
    assert 0 < html.count("<ul>") <= MAX_DEPTH
    assert 0 < html.count("<em>") <= MAX_DEPTH
    assert "quoted" in html
    assert "item" in html
    assert html.count("a") >= 100


@pytest.mark.parametrize(
    ("text", "address", "after"),
    [
        ("See https://a.example/x_y_z?q=1&r=2.", "https://a.example/x_y_z?q=1&amp;r=2", "."),
        ("(HTTP://a.example)", "HTTP://a.example", ")"),
        ("**https://a.example/**", "https://a.example/", "</strong>"),
        ("https://de.wikipedia.org/wiki/Kern_(Physik)", "https://de.wikipedia.org/wiki/Kern_(Physik)", "</p>"),
        ("(https://a.example/x_(y)).", "https://a.example/x_(y)", ")."),
        ("https://a.example/x[1]/{y}]", "https://a.example/x[1]/{y}", "]"),
        ("„https://a.example/x“", "https://a.example/x", "“"),
        ("> https://a.example/x", "https://a.example/x", "</p>"),
    ],
)
def test_a_bare_url_is_a_link(text: str, address: str, after: str) -> None:
    assert f'<a href="{address}" rel="nofollow ugc noopener">{address}</a>{after}' in markdown.render(text)


@pytest.mark.parametrize("text", ["`https://a.example`", "javascript://a.example", "xhttps://a.example", "https://"])
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert "<a " not in markdown.render(text)


def test_an_address_in_a_link_makes_no_link_of_its_own() -> None:
    assert markdown.render("[https://b.example](https://a.example)").count("<a ") == 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028"])
def test_every_line_end_is_one(end: str) -> None:
    assert markdown.render(f"a{end}b") == "<p>a<br>\nb</p>"
    assert markdown.render(f"- a{end}- b").count("<li>") == 2


def test_a_paragraph_separator_separates_paragraphs() -> None:
    assert markdown.render("a\u2029b") == "<p>a</p>\n<p>b</p>"


def test_headings_begin_with_the_largest_that_a_text_may_have() -> None:
    html = markdown.render("# a\n\n## b\n\n### c\n\n#### d\n\ne\n===")
    assert html == "<h3>a</h3>\n<h3>b</h3>\n<h3>c</h3>\n<h4>d</h4>\n<h3>e</h3>"


def test_a_footnote_is_shown_as_typed_and_its_mark_is_no_link() -> None:
    html = markdown.render("So it is.[^1] Or not.[^2]\n\n[^1]: *The* book.\n[^3]:")
    assert html == "<p>So it is.[^1] Or not.[^2]</p>\n<p>[^1]: <em>The</em> book.</p>\n<p>[^3]:</p>"


def test_raw_html_is_text_with_marks_like_any_other() -> None:
    html = markdown.render("<div>\n*a* <b>c</b> `<i>` \\<u> <https://a.example>\n<!-- @anna", PEOPLE)
    assert html == (
        "<p>&lt;div&gt;<br>\n<em>a</em> &lt;b&gt;c&lt;/b&gt; <code>&lt;i&gt;</code> &lt;u&gt; "
        '<a href="https://a.example" rel="nofollow ugc noopener">https://a.example</a><br>\n'
        '&lt;!-- <a href="/a/" rel="nofollow ugc noopener">@anna</a></p>'
    )


def test_a_target_that_may_not_be_opened_is_shown_as_text() -> None:
    html = markdown.render("[a](javascript:alert(1)) <data:x> ![b](https://b.example/b.png)")
    assert html == (
        "<p>a (javascript:alert(1)) &lt;data:x&gt; "
        '!<a href="https://b.example/b.png" rel="nofollow ugc noopener">b</a></p>'
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@anna, @ANNA and @Änne.", ["anna", "änne"]),
        ("**@anna** &#64;bert", ["anna", "bert"]),
        ("`@anna`", []),
        ("```\n@anna\n```\n\n    @bert", []),
        ("> @anna\n> > - @bert\n\n@änne", ["änne"]),
        ("[@anna](https://a.example) https://a.example/@bert a@anna a/@bert", []),
    ],
)
def test_people_are_mentioned_outside_code_links_and_quotations(text: str, names: list[str]) -> None:
    assert markdown.list_mentions(text) == names


@pytest.mark.parametrize("name", WORST_TEXTS)
def test_finding_mentions_takes_no_longer_than_rendering(name: str, most: float) -> None:
    start = process_time()
    markdown.list_mentions("@" + WORST_TEXTS[name][: LENGTH - 1])
    assert (process_time() - start) * 1000 < 2 * most  # measured once only


def test_the_title_of_a_reference_is_cut_because_many_links_may_have_it() -> None:
    text = "[a]: https://example.org '" + '"' * 5000 + "'\n\n" + "[a]" * 1500
    html = markdown.render_once(text, PEOPLE)
    assert html.count("&quot;" * 300) == html.count("<a ") > 1
    assert "&quot;" * 301 not in html
