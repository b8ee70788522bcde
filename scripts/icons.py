"""Write static/img/icons.svg, one sprite of the icons in use, from an unpacked npm package `bootstrap-icons`.

    python scripts/icons.py PATH/TO/package

To use another icon, add its name to NAMES and run the script again.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

IMAGES = Path(__file__).resolve().parent.parent / "static" / "img"
NAMES = (
    "arrow-right",
    "arrow-up-right",
    "bell",
    "bell-slash",
    "box-arrow-in-right",
    "box-arrow-up-right",
    "check-lg",
    "chevron-down",
    "chevron-right",
    "circle-half",
    "clock-history",
    "diagram-3",
    "exclamation-triangle",
    "eye",
    "funnel",
    "grid-3x3",
    "info-circle",
    "layers",
    "list",
    "list-ul",
    "moon-stars",
    "pencil",
    "people",
    "search",
    "sort-down",
    "sun",
    "translate",
    "x-lg",
)
# One drawing of the package: <svg xmlns="…" viewBox="0 0 16 16"><path d="…"/></svg>
DRAWING = re.compile(r'<svg [^>]*viewBox="(?P<box>[\d. ]+)"[^>]*>(?P<shapes>.*)</svg>', re.DOTALL)


def build_symbol(name: str, drawing: str) -> str:
    """Return a drawing as a symbol of the sprite.

    `drawing` is the text of an SVG file. Raises ValueError if it is not an SVG with a viewBox.
    """
    match = DRAWING.search(drawing)
    if match is None:
        raise ValueError(f"{name} is not an SVG with a viewBox")
    shapes = "".join(line.strip() for line in match["shapes"].splitlines())
    # currentColor: an icon has the colour of the text around it.
    return f'<symbol id="{name}" viewBox="{match["box"]}" fill="currentColor">{shapes}</symbol>'


def build_sprite(package: Path, version: str) -> str:
    """Return the sprite of all icons in NAMES.

    `package` is the folder of the unpacked package, `version` its version, for the credit. Raises ValueError as
    `build_symbol` does, and OSError if the package lacks an icon.
    """
    symbols = (build_symbol(name, (package / "icons" / f"{name}.svg").read_text()) for name in NAMES)
    credit = f"<!-- Bootstrap Icons {version}, MIT, see icons.LICENSE -->"
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', credit, *symbols, "</svg>", ""])


def write_icons(package: Path) -> None:
    """Write the sprite, its licence and its record to static/img.

    `package` is the folder of the unpacked package. Raises OSError or KeyError if it is another package.
    """
    version = json.loads((package / "package.json").read_text())["version"]
    files = {"icons.LICENSE": (package / "LICENSE").read_text(), "icons.svg": build_sprite(package, version)}
    # The record of a vendored file: tests/test_vendored_files.py compares the checksums.
    record = {
        "name": "Bootstrap Icons",
        "version": version,
        "licence": "MIT",
        "package": "npm bootstrap-icons, icons/",
        "changes": "The icons in use, as symbols of one file; written by scripts/icons.py.",
        "files": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()},
    }
    for name, text in {**files, "icons.VENDOR.json": json.dumps(record, indent=2) + "\n"}.items():
        (IMAGES / name).write_text(text)


if __name__ == "__main__":
    match sys.argv[1:]:
        case [package]:
            write_icons(Path(package))
        case _:
            sys.exit(__doc__)
