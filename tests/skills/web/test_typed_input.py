"""Numbers in what people type."""

import pytest

from skills.web.typed_input import LARGEST_KEY, LARGEST_REVISION, number_in, numbers_in


@pytest.mark.parametrize("largest", [LARGEST_KEY, LARGEST_REVISION])
def test_the_largest_number_is_read_and_the_next_one_is_not(largest: int) -> None:
    assert (number_in(str(largest), largest), number_in(str(largest + 1), largest)) == (largest, None)


@pytest.mark.parametrize("text", ["", " 1", "-1", "1.0", "x", "\0", "²", "١", "9" * 5_000])
def test_what_is_no_number_is_none(text: str) -> None:
    assert number_in(text) is None


def test_keys_are_read_in_their_order_and_the_rest_is_left_out() -> None:
    assert numbers_in(["3", "x", "1", str(LARGEST_KEY + 1)]) == [3, 1]
