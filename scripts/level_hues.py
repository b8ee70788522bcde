"""Print the 25 steps of the level hue for static/css/theme.css.

The five colours of each theme are the steps 0, 6, 12, 18 and 24; the steps between are
mixed evenly. Ink is the text colour: the one of two colours with more contrast, at least 4.5:1.
"""

import sys
from itertools import pairwise

LIGHT = ("#dcecec", "#b3d5d6", "#74adb0", "#2f7b82", "#0b474f")
DARK = ("#1b2b2c", "#1f4043", "#2a666a", "#4f9fa3", "#a5e0e1")
INKS = ("#030606", "#ffffff")
STEPS_BETWEEN = 6  # from one of the five colours to the next
LINEAR_LIMIT = 0.04045  # below this value sRGB is linear

Colour = tuple[int, int, int]


def parse_colour(text: str) -> Colour:
    """Convert "#rrggbb" to red, green and blue.

    Each is a number from 0 to 255.
    """
    return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))


def get_luminance(colour: Colour) -> float:
    """Return the relative luminance of a colour, from 0 (black) to 1 (white).

    Defined by WCAG 2.2; the factors are the sensitivity of the eye for red, green and blue.
    """

    def linear(channel: int) -> float:
        """Undo the gamma curve of sRGB."""
        value = channel / 255
        return value / 12.92 if value <= LINEAR_LIMIT else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(channel) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def get_contrast(first: Colour, second: Colour) -> float:
    """Return the contrast ratio of two colours, from 1 to 21.

    Defined by WCAG 2.2; the order of the colours does not matter.
    """
    high, low = sorted((get_luminance(first), get_luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def build_scale(stops: tuple[str, ...]) -> list[str]:
    """Return all steps from the first to the last stop, as "#rrggbb".

    Between two stops there are STEPS_BETWEEN steps, the second stop included.
    """
    colours = [stops[0]]
    for start, end in pairwise(stops):
        for number in range(1, STEPS_BETWEEN + 1):
            part = number / STEPS_BETWEEN  # 0 to 1: how much of the second colour
            mixed = (round(a + (b - a) * part) for a, b in zip(parse_colour(start), parse_colour(end), strict=True))
            colours.append("#" + "".join(f"{channel:02x}" for channel in mixed))
    return colours


def choose_ink(background: str) -> str:
    """Return the text colour with the most contrast on a background.

    Both are "#rrggbb".
    """
    return max(INKS, key=lambda colour: get_contrast(parse_colour(colour), parse_colour(background)))


def format_rules() -> str:
    """Return the CSS rules `.hue-0` to `.hue-24`."""
    lines = [
        f".hue-{number}{{--hue:light-dark({light},{dark});--hue-ink:light-dark({choose_ink(light)},{choose_ink(dark)})}}"
        for number, (light, dark) in enumerate(zip(build_scale(LIGHT), build_scale(DARK), strict=True))
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(format_rules())
