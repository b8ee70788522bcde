"""Start the site, request its pages, print what they cost.

The exit code is 1 if a page fails, never because something was slow.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import report
from benchmarks.load import PageFailed, Sample, fetch, run_load
from benchmarks.member import create_member_cookie
from benchmarks.pages import BARE, BARE_COMPRESSED, BARE_FILE, PAGES, PROFILE, MeasuredPage, get_linked_sizes
from benchmarks.site import RunningSite, SiteFailed, build_environment, prepare_site, run_site

CACHED, FRESH = "Kept pages, as readers without a session get them", "Fresh pages, made for each request"
WARM_UP_SECONDS = 0.3  # for each page; enough for a request to each worker

type Samples = dict[MeasuredPage, Sample]


def main() -> int:
    """Measure and print; return the exit code."""
    arguments = _build_parser().parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="stufenplan-benchmark-") as folder:
            _print_text(measure_site(Path(folder), arguments.rounds, arguments.seconds))
    except (PageFailed, SiteFailed, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"The benchmark failed: {error}\n")
        return 1
    return 0


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=4, help="how often each page has its turn (default: 4)")
    parser.add_argument("--seconds", type=float, default=0.5, help="how long a turn is (default: 0.5)")
    return parser


def measure_site(folder: Path, rounds: int, seconds: float) -> str:
    """Run the site twice side by side, with and without cached pages, and return the report as text.

    All files of both sites are in `folder`. Each page is requested for `seconds` seconds in each of `rounds` rounds.
    Raises `PageFailed`, `SiteFailed` or `subprocess.CalledProcessError`.
    """
    variables = build_environment(folder)
    prepare_site(variables)
    cookie = create_member_cookie(variables)
    with run_site(variables) as cached, run_site({**variables, "BENCHMARK_FRESH": "1"}) as fresh:
        # The bare views return a copy of a real page, so that both have the same length and compress equally well.
        (folder / BARE_FILE).write_bytes(fetch(cached.port, PROFILE.path, accept_gzip=False).body)
        sites = {CACHED: cached, FRESH: fresh}
        samples = {title: _take_first_samples(site, cookie) for title, site in sites.items()}
        for number in range(rounds):
            _print_progress(number, rounds)
            _run_round(sites, samples, seconds, cookie)
        parts = [report.format_pages_table(title, samples[title]) for title in sites]
        parts.append(report.format_memory_line("kept pages", cached.get_memory()))
        parts.append(report.format_memory_line("fresh pages", fresh.get_memory()))
        parts.append(
            report.format_bytes_lines(samples[CACHED][PROFILE].bytes_sent, get_linked_sizes(cached.port, PROFILE.path))
        )
    return "\n\n".join(parts)


def _take_first_samples(site: RunningSite, cookie: str) -> Samples:
    """Request every page a few times, so that every worker has loaded what it needs, and record the size of each."""
    samples = {}
    for page in (BARE, BARE_COMPRESSED, *PAGES):
        page_cookie = cookie if page.is_signed_in else ""
        run_load(site.port, page.path, page.status, WARM_UP_SECONDS, page_cookie)
        samples[page] = Sample(bytes_sent=len(fetch(site.port, page.path, page.status, cookie=page_cookie).body))
    return samples


def _run_round(sites: dict[str, RunningSite], samples: dict[str, Samples], seconds: float, cookie: str) -> None:
    """Measure each page once on each site. Many short rounds spread a slow moment of the machine over all pages."""
    for page in (BARE, BARE_COMPRESSED, *PAGES):
        for title, site in sites.items():
            sample = samples[title][page]
            cpu_before = site.get_cpu_seconds()
            page_cookie = cookie if page.is_signed_in else ""
            duration, times = run_load(site.port, page.path, page.status, seconds, page_cookie)
            sample.cpu_seconds += site.get_cpu_seconds() - cpu_before
            sample.seconds += duration
            sample.times += times


def _print_progress(number: int, rounds: int) -> None:
    sys.stderr.write(f"round {number + 1} of {rounds}\n")


def _print_text(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
