"""The caches of a process are bounded in bytes, whatever users send."""

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache

from skills.search import text as search_text
from skills.text.bounded_texts import BoundedTextCache
from skills.text.markup import markdown
from skills.web.page_store import BoundedLocMemCache


def test_what_was_not_used_for_longest_goes_first() -> None:
    kept = BoundedTextCache(20_000)
    for name in "abc":
        kept.keep(name, name * 800)
    assert kept.get("a") == "a" * 800
    for number in range(16):
        kept.keep(number, "x" * 800)
    assert (kept.get("b"), kept.get("a")) == (None, "a" * 800)


@pytest.mark.parametrize("sign", ["x", "ß", "あ", "😀"])
def test_bytes_are_counted_as_they_are_needed(sign: str) -> None:
    kept = BoundedTextCache(1_000_000)
    for number in range(1000):
        kept.keep(str(number), sign * 5_000)
    held = sum(sys.getsizeof(text) for text in kept._texts.values())
    assert 500_000 < held <= kept.total_bytes <= 1_000_000
    assert len(kept) < 1000


def test_one_text_that_is_too_large_is_not_kept_and_pushes_nothing_out() -> None:
    kept = BoundedTextCache(10_000)
    kept.keep("a", "text")
    kept.keep("b", "x" * 9_000)
    assert (kept.get("a"), kept.get("b")) == ("text", None)


def test_a_text_that_takes_another_ones_place_is_counted_once() -> None:
    kept = BoundedTextCache(100_000)
    for length in (10, 5_000, 20):
        kept.keep("a", "x" * length)
    expected = BoundedTextCache(100_000)
    expected.keep("a", "x" * 20)
    assert kept.total_bytes == expected.total_bytes
    kept.clear()
    assert (kept.total_bytes, len(kept)) == (0, 0)


def test_threads_at_once_keep_the_count_right() -> None:
    kept = BoundedTextCache(50_000)

    def work(thread: int) -> None:
        for number in range(2000):
            kept.keep((thread, number % 50), "x" * (number % 700))
            kept.get((thread, (number + 1) % 50))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    bytes_then = kept.total_bytes
    kept.clear()
    assert 0 < bytes_then <= 50_000


def test_rendered_markdown_is_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = BoundedTextCache(200_000)
    monkeypatch.setattr(markdown, "_cache", kept)
    for number in range(200):
        markdown.render(f"{number} 😀 " + "word " * 500)
    assert 100_000 < kept.total_bytes <= 200_000
    assert markdown.render("*a*") == markdown.render("*a*") == "<p><em>a</em></p>"


def test_the_same_text_that_names_other_people_is_rendered_by_itself() -> None:
    people = (("anna", "/en/people/anna/"),)
    assert markdown.render("@anna") == "<p>@anna</p>"
    assert "/en/people/anna/" in markdown.render("@anna", people)
    assert markdown.render("@anna") == "<p>@anna</p>"


@pytest.fixture
def pages() -> Any:
    cache = BoundedLocMemCache("test-pages", {"TIMEOUT": None, "OPTIONS": {"MAX_ENTRIES": 50, "MAX_BYTES": 100_000}})
    yield cache
    cache.clear()


def held_by(pages: Any) -> int:
    return sum(len(value) for value in pages._cache.values())


def test_pages_are_bounded_in_bytes(pages: Any) -> None:
    for number in range(40):
        pages.set(f"page{number}", b"x" * 10_000)
        assert held_by(pages) <= pages.total_bytes <= 100_000
    assert pages.get("page39") == b"x" * 10_000
    assert pages.get("page0") is None
    assert len(pages._cache) == len(pages._expire_info) > 5


def test_pages_are_bounded_in_entries_too(pages: Any) -> None:
    for number in range(200):
        pages.set(f"page{number}", b"x")
    assert len(pages._cache) <= 50
    assert held_by(pages) <= pages.total_bytes <= 50 * 400


def test_a_page_larger_than_all_is_not_kept_and_removes_the_former_one(pages: Any) -> None:
    pages.set("other", b"o")
    pages.set("page", b"x")
    pages.set("page", b"x" * 200_000)
    assert (pages.get("page"), pages.get("other")) == (None, b"o")


def test_what_is_replaced_or_deleted_is_no_longer_counted(pages: Any) -> None:
    for _ in range(30):
        pages.set("page", b"x" * 20_000)
    pages.delete("page")
    pages.delete("page")
    assert pages.total_bytes == 0


def test_objects_of_several_threads_count_as_one(pages: Any) -> None:
    other = BoundedLocMemCache("test-pages", {"TIMEOUT": None, "OPTIONS": {"MAX_ENTRIES": 50, "MAX_BYTES": 100_000}})
    for number in range(8):
        (pages if number % 2 else other).set(f"page{number}", b"x" * 20_000)
    assert pages.total_bytes == other.total_bytes <= 100_000
    assert held_by(pages) <= 100_000


def test_the_site_keeps_its_pages_there() -> None:
    pages = caches["pages"]
    assert isinstance(pages, BoundedLocMemCache)
    assert isinstance(caches["seen"], LocMemCache)  # holds a moment for each session, of the same size for all


def test_a_word_as_long_as_a_text_is_folded_but_not_kept() -> None:
    before = search_text._fold_cached.cache_info().currsize
    assert search_text.fold_word("Ä" * 5_000) == "a" * search_text.WORD_MAX_LENGTH
    assert search_text._fold_cached.cache_info().currsize == before
