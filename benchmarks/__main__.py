"""Start the site, ask it for its pages, print what they cost.

The exit code is 1 when a page fails, never because something was slow.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import report
from benchmarks.load import PageFailed, Sample, ask, load
from benchmarks.member import cookie_of_a_member
from benchmarks.pages import BARE, BARE_FILE, BARE_PACKED, PAGES, PROFILE, Page, linked_bytes
from benchmarks.site import Site, SiteFailed, environment_in, prepare, running

KEPT, FRESH = "Kept pages, as readers without a session get them", "Fresh pages, made for each request"
WARM_UP_SECONDS = 0.3

type Samples = dict[Page, Sample]


def main() -> int:
    """Measure and print; returns the exit code."""
    arguments = _parser().parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="stufenplan-benchmark-") as folder:
            _say(measured(Path(folder), arguments.rounds, arguments.seconds))
    except (PageFailed, SiteFailed, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"The benchmark failed: {error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=4, help="how often each page has its turn (default: 4)")
    parser.add_argument("--seconds", type=float, default=0.5, help="how long a turn is (default: 0.5)")
    return parser


def measured(folder: Path, rounds: int, seconds: float) -> str:
    """Run the site twice at once, with and without kept pages, and return what was found; raises `PageFailed`."""
    variables = environment_in(folder)
    prepare(variables)
    cookie = cookie_of_a_member(variables)
    with running(variables) as kept, running({**variables, "BENCHMARK_FRESH": "1"}) as fresh:
        (folder / BARE_FILE).write_bytes(ask(kept.port, PROFILE.path, packed=False).body)
        sites = {KEPT: kept, FRESH: fresh}
        samples = {title: _first_samples(site, cookie) for title, site in sites.items()}
        for number in range(rounds):
            _progress(number, rounds)
            _round(sites, samples, seconds, cookie)
        parts = [report.pages_table(title, samples[title]) for title in sites]
        parts.append(report.memory_line("kept pages", kept.memory()))
        parts.append(report.memory_line("fresh pages", fresh.memory()))
        parts.append(report.bytes_lines(samples[KEPT][PROFILE].bytes_sent, linked_bytes(kept.port, PROFILE.path)))
    return "\n\n".join(parts)


def _first_samples(site: Site, cookie: str) -> Samples:
    """Ask for every page a few times, so that every worker has loaded what it needs, and note what is sent."""
    samples = {}
    for page in (BARE, BARE_PACKED, *PAGES):
        own = cookie if page.is_signed_in else ""
        load(site.port, page.path, page.status, WARM_UP_SECONDS, own)
        samples[page] = Sample(bytes_sent=len(ask(site.port, page.path, page.status, cookie=own).body))
    return samples


def _round(sites: dict[str, Site], samples: dict[str, Samples], seconds: float, cookie: str) -> None:
    """Give each page its turn on each site: a slow moment of the machine meets all alike."""
    for page in (BARE, BARE_PACKED, *PAGES):
        for title, site in sites.items():
            sample = samples[title][page]
            before = site.cpu()
            own = cookie if page.is_signed_in else ""
            took, times = load(site.port, page.path, page.status, seconds, own)
            sample.cpu += site.cpu() - before
            sample.seconds += took
            sample.times += times


def _progress(number: int, rounds: int) -> None:
    sys.stderr.write(f"round {number + 1} of {rounds}\n")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
