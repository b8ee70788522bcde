"""The tables that the benchmark prints."""

from collections.abc import Iterable, Mapping, Sequence

from benchmarks.load import Sample
from benchmarks.pages import BARE, BARE_COMPRESSED, MeasuredPage

# Targets; a star in the report marks each one that is missed.
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
    """Return a table with the measurements of each page and its share of the speed of both bare pages.

    `samples` must hold both bare pages. A star marks a missed target.
    """
    bare, packed = samples[BARE], samples[BARE_COMPRESSED]
    rows = [TABLE_HEAD]
    for page, sample in samples.items():
        # By processor time: the rate also depends on the load generator and on other processes.
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
                f"* target: {page.min_share:.2f} of bare" if is_missed else "",
            )
        )
    return f"{title}\n{_align(rows)}"


def format_memory_line(title: str, workers: Iterable[tuple[int, int]]) -> str:
    """Return a line with the memory of each worker.

    Each pair of `workers` is in bytes: all memory of the process, and the part that it shares with no other.
    """
    memory = list(workers)
    each = ", ".join(f"{rss / 1e6:.0f} MB (of its own {uss / 1e6:.0f})" for rss, uss in memory)
    return f"Memory of each worker, {title}: {each}{_mark_excess(max(rss for rss, _uss in memory), WORKER_MAX_BYTES)}"


def format_bytes_lines(profile: int, linked: Mapping[str, int]) -> str:
    """Return lines with the compressed size of a profile page and of its style sheets and scripts.

    Sizes are in bytes; `linked` has them by URL.
    """
    total = sum(linked.values())
    each = "\n".join(f"  {size / 1000:6.1f} KB  {url}" for url, size in sorted(linked.items()))
    return (
        f"Profile page: {profile / 1000:.1f} KB{_mark_excess(profile, PROFILE_MAX_BYTES)}\n"
        f"All its CSS and JavaScript: {total / 1000:.1f} KB{_mark_excess(total, LINKED_MAX_BYTES)}\n{each}"
    )


def _mark_excess(value: int, limit: int) -> str:
    return f"  * target: at most {limit / 1000:.0f} KB" if value > limit else ""


def _align(rows: Sequence[Sequence[str]]) -> str:
    """Return the rows as columns of equal width: first and last column to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            text.ljust(width) if index in {0, len(row) - 1} else text.rjust(width)
            for index, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
