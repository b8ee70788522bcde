"""The tables that the benchmark prints."""

from collections.abc import Iterable, Mapping, Sequence

from benchmarks.load import Sample
from benchmarks.pages import BARE, BARE_COMPRESSED, MeasuredPage

PROFILE_MAX_BYTES = 30_000
LINKED_MAX_BYTES = 80_000
WORKER_MAX_BYTES = 130_000_000
TABLE_HEAD = (
    "",
    "requests/s",
    "p50 ms",
    "p95 ms",
    "CPU ms",
    "of bare: CPU",
    "rate",
    "of packed: CPU",
    "rate",
    "KB sent",
    "",
)


def format_pages_table(title: str, samples: Mapping[MeasuredPage, Sample]) -> str:
    """Return a table of what each page showed and its share of both bare pages' speed; a star marks a missed wish."""
    bare, packed = samples[BARE], samples[BARE_COMPRESSED]
    rows = [TABLE_HEAD]
    for page, sample in samples.items():
        share = bare.cpu_per_request / sample.cpu_per_request
        is_missed = page.min_share is not None and share < page.min_share
        rows.append(
            (
                page.name,
                f"{sample.rate:.0f}",
                f"{sample.get_percentile(50) * 1000:.1f}",
                f"{sample.get_percentile(95) * 1000:.1f}",
                f"{sample.cpu_per_request * 1000:.2f}",
                f"{share:.2f}",
                f"{sample.rate / bare.rate:.2f}",
                f"{packed.cpu_per_request / sample.cpu_per_request:.2f}",
                f"{sample.rate / packed.rate:.2f}",
                f"{sample.bytes_sent / 1000:.1f}",
                f"* wished: {page.min_share:.2f} of bare" if is_missed else "",
            )
        )
    return f"{title}\n{_align(rows)}"


def format_memory_line(title: str, workers: Iterable[tuple[int, int]]) -> str:
    """Return what each worker holds; the first figure of a pair is all of it, the second its own."""
    found = list(workers)
    each = ", ".join(f"{rss / 1e6:.0f} MB (of its own {uss / 1e6:.0f})" for rss, uss in found)
    return f"Memory of each worker, {title}: {each}{_mark_excess(max(rss for rss, _uss in found), WORKER_MAX_BYTES)}"


def format_bytes_lines(profile: int, linked: Mapping[str, int]) -> str:
    """Return what a reader of a profile is sent, compressed."""
    total = sum(linked.values())
    each = "\n".join(f"  {size / 1000:6.1f} KB  {address}" for address, size in sorted(linked.items()))
    return (
        f"Profile page: {profile / 1000:.1f} KB{_mark_excess(profile, PROFILE_MAX_BYTES)}\n"
        f"All its CSS and JavaScript: {total / 1000:.1f} KB{_mark_excess(total, LINKED_MAX_BYTES)}\n{each}"
    )


def _mark_excess(value: int, limit: int) -> str:
    return f"  * wished: at most {limit / 1000:.0f} KB" if value > limit else ""


def _align(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            text.ljust(width) if index in {0, len(row) - 1} else text.rjust(width)
            for index, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
