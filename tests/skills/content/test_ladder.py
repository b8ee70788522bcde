"""Levels as steps: their place on the ladder and in the hue."""

import re
from pathlib import Path

import pytest

from skills.content.ladder import HUE_STEPS, build_ladder, calculate_hue
from skills.models import Level

THEME = Path(__file__).parents[3] / "static" / "css" / "theme.css"
HUE = re.compile(
    r"\.hue-(\d+)\{--hue:light-dark\((#\w{6}),(#\w{6})\);--hue-ink:light-dark\((#\w{6}),(#\w{6})\)\}", re.ASCII
)


def levels(*places: tuple[str, int]) -> list[Level]:
    return [
        Level(pk=number, slug=f"{track}{rank}", track=track, rank=rank) for number, (track, rank) in enumerate(places)
    ]


def test_steps_are_in_order_whatever_order_the_levels_came_in() -> None:
    ladder = build_ladder(levels(("m", 2), ("ic", 1), ("m", 1), ("ic", 2)))
    assert [step.slug for step in ladder.steps] == ["ic1", "ic2", "m1", "m2"]


def test_above_and_below_stay_on_their_track() -> None:
    ladder = build_ladder(levels(("ic", 1), ("ic", 2), ("ic", 3), ("m", 1)))
    second = ladder.steps[1]
    assert [step.slug for step in ladder.list_steps_above(second)] == ["ic3"]
    assert ladder.find_step_below(second) == ladder.steps[0]
    assert ladder.find_step_below(ladder.steps[0]) is None
    assert ladder.list_steps_above(ladder.steps[3]) == ()


@pytest.mark.parametrize(
    ("length", "hues"), [(1, [12]), (2, [0, 24]), (5, [0, 6, 12, 18, 24]), (7, [0, 4, 8, 12, 16, 20, 24])]
)
def test_the_hue_is_spaced_evenly_from_first_to_last(length: int, hues: list[int]) -> None:
    assert [calculate_hue(index, length) for index in range(length)] == hues


def test_every_hue_has_an_ink_that_can_be_read_on_it_in_both_themes() -> None:
    hues = HUE.findall(THEME.read_text(encoding="utf-8"))
    assert [int(number) for number, *_colours in hues] == list(range(HUE_STEPS + 1))
    for number, light, dark, light_ink, dark_ink in hues:
        assert contrast(light, light_ink) >= 4.5, number
        assert contrast(dark, dark_ink) >= 4.5, number


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
