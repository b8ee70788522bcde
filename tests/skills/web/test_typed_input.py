"""Numbers in raw input."""

import pytest

from skills.web.typed_input import MAX_PRIMARY_KEY, MAX_REVISION_NUMBER, parse_number, parse_numbers


@pytest.mark.parametrize("largest", [MAX_PRIMARY_KEY, MAX_REVISION_NUMBER])
def test_the_largest_number_is_read_and_the_next_one_is_not(largest: int) -> None:
    assert (parse_number(str(largest), largest), parse_number(str(largest + 1), largest)) == (largest, None)


@pytest.mark.parametrize("text", ["", " 1", "-1", "1.0", "x", "\0", "²", "١", "9" * 5_000])
def test_what_is_no_number_is_none(text: str) -> None:
    assert parse_number(text) is None


def test_keys_are_read_in_their_order_and_the_rest_is_left_out() -> None:
    assert parse_numbers(["3", "x", "1", str(MAX_PRIMARY_KEY + 1)]) == [3, 1]
