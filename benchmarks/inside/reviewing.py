"""Lets members submit and accept suggestions over HTTP, and measures a queue of 20,000."""

import os
import re
import sys
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from itertools import count
from pathlib import Path
from time import perf_counter

from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from accounts.membership import REVIEWERS
from accounts.models import User
from benchmarks.load import PageFailed, Sample, SiteConnection, connect, run_load
from benchmarks.pages import BARE_FILE
from benchmarks.site import RunningSite, run_site
from community.models import State, SuggestedChange, Suggestion
from skills.models import Requirement

CLIENTS = 8
QUEUE_SIZE = 20_000
CSRF_TOKEN = "b" * 32  # of all forms; a cookie holds the same token
QUEUE_PATH, BARE_PATH = "/de/review/", "/bare/"
_SUGGESTION_ID = re.compile(rb"location: /de/suggestions/(\d+)/", re.IGNORECASE)

type ClientAction = Callable[[SiteConnection], bool]  # sends one request; returns False if nothing was left to do


def measure(seconds: str) -> None:
    """Start the site, let clients submit and accept suggestions, fill the queue, print.

    `seconds` is the length of each measurement, as text from the command line.
    """
    with run_site(os.environ) as site:
        for line in _list_measurements(site, Path(os.environ["VAR_DIR"]), float(seconds)):
            sys.stdout.write(f"{line}\n")


def _list_measurements(site: RunningSite, folder: Path, seconds: float) -> Iterator[str]:
    """Yield a line for each measurement; raises `PageFailed`."""
    cookies = _create_reviewers()
    cells = iter(_list_cells())
    for clients in (1, CLIENTS):
        submitted: list[list[int]] = [[] for _ in cookies]  # ids of suggestions, by client
        actions = [_build_submit_action(cookies[number], cells, submitted[number]) for number in range(clients)]
        yield _format_line("filed", clients, _run_clients(site, actions, seconds))
        # Each client accepts the suggestions of the one before: nobody may accept their own.
        actions = [
            _build_accept_action(cookies[(number + 1) % CLIENTS], submitted[number]) for number in range(clients)
        ]
        yield _format_line("accepted", clients, _run_clients(site, actions, seconds))
    _fill_queue(cookies)
    yield from _measure_queue(site, folder, cookies[0], seconds)


def _create_reviewers() -> list[str]:
    """Create reviewers, because the limits of new accounts do not apply to them; return their cookies."""
    group = Group.objects.get_or_create(name=REVIEWERS)[0]
    cookies = []
    for number in range(CLIENTS):
        person = User.objects.create_user(f"reviewer{number}", f"reviewer{number}@example.org")
        person.groups.add(group)
        client = Client()
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF_TOKEN}")
    return cookies


def _list_cells() -> list[Requirement]:
    """Return all cells so that neighbours are of different skills, as if members rarely edit the same skill."""
    cells = Requirement.objects.select_related("skill", "role", "level").order_by("pk")
    # First the first cell of each skill, then the second of each, and so on.
    position = count()
    rank_in_skill: dict[int, Iterator[int]] = {}
    return sorted(cells, key=lambda cell: (next(rank_in_skill.setdefault(cell.skill_id, count())), next(position)))


def _build_submit_action(cookie: str, cells: Iterator[Requirement], suggestion_ids: list[int]) -> ClientAction:
    """Return an action that submits a suggestion for the next of `cells` and appends its id to `suggestion_ids`."""

    def submit(connection: SiteConnection) -> bool:
        cell = next(cells, None)
        if cell is None:
            return False
        name = f"{cell.role.key}/{cell.level.slug}"
        fields = {
            **_build_form_fields(),
            "skill": cell.skill.slug,
            "revision": "1",
            "cell": name,
            f"description:{name}": f"{cell.description} Says so in writing.",
            f"obligation:{name}": cell.obligation,
            "reason": "What is written down can be read again.",
            "confirmed": "on",
            "intent": "submit",
        }
        path = f"/de/skills/{cell.skill.slug}/suggestions/new/"
        response = connection.post(path, fields, cookie=cookie)
        suggestion_id = _SUGGESTION_ID.search(response.header)
        if suggestion_id is None:
            raise PageFailed(f"{path}: answered {response.status} and filed nothing")
        suggestion_ids.append(int(suggestion_id[1]))
        return True

    return submit


def _build_accept_action(cookie: str, suggestion_ids: list[int]) -> ClientAction:
    """Return an action that accepts the next of these suggestions."""
    changes = dict(SuggestedChange.objects.filter(suggestion__in=suggestion_ids).values_list("suggestion", "pk"))
    # Pairs of a suggestion and the one after it, which the form names as the next to review; 0 for none.
    waiting = zip(suggestion_ids, [*suggestion_ids[1:], 0], strict=True)

    def accept(connection: SiteConnection) -> bool:
        suggestion_id, next_id = next(waiting, (0, 0))
        if not suggestion_id:
            return False
        path = f"{QUEUE_PATH}{suggestion_id}/accept/"
        fields = {
            **_build_form_fields(),
            "change": str(changes[suggestion_id]),
            "significance": "medium",
            "next": str(next_id),
        }
        response = connection.post(path, fields, cookie=cookie)
        if response.status != HTTPStatus.FOUND:  # to the next suggestion
            raise PageFailed(f"{path}: answered {response.status}")
        return True

    return accept


def _build_form_fields() -> dict[str, str]:
    return {"csrfmiddlewaretoken": CSRF_TOKEN, "key": str(uuid.uuid4())}


def _run_clients(site: RunningSite, actions: list[ClientAction], seconds: float) -> Sample:
    """Let each client repeat its action until the time is over or nothing is left to do."""
    start, cpu_before = perf_counter(), site.get_cpu_seconds()
    with ThreadPoolExecutor(len(actions)) as pool:
        runs = [pool.submit(_repeat_action, site.port, action, start + seconds) for action in actions]
        times = [time for run in runs for time in run.result()]
    return Sample(perf_counter() - start, site.get_cpu_seconds() - cpu_before, times=times)


def _repeat_action(port: int, action: ClientAction, until: float) -> list[float]:
    times: list[float] = []
    with connect(port) as connection:
        while perf_counter() < until:
            start = perf_counter()
            if not action(connection):
                break
            times.append(perf_counter() - start)
    return times


def _format_line(title: str, clients: int, sample: Sample) -> str:
    return (
        f"{title}, {clients} at once: {sample.rate:.0f} a second, "
        f"p50 {sample.get_percentile(50) * 1000:.0f} ms, p95 {sample.get_percentile(95) * 1000:.0f} ms, "
        f"CPU of the site {sample.cpu_per_request * 1000:.1f} ms each ({len(sample.times)} requests)"
    )


def _fill_queue(cookies: list[str]) -> None:
    """Fill the queue up to QUEUE_SIZE open suggestions, spread over all skills."""
    authors, cells, now = list(User.objects.all()), _list_cells(), timezone.now()
    chosen_cells = [
        cells[number % len(cells)] for number in range(QUEUE_SIZE - Suggestion.objects.filter(state="open").count())
    ]
    rows = Suggestion.objects.bulk_create(
        [
            Suggestion(
                skill=cell.skill, author=authors[number % len(cookies)], state=State.OPEN, reason="-", submitted_at=now
            )
            for number, cell in enumerate(chosen_cells)
        ],
        batch_size=1000,
    )
    changes = (
        SuggestedChange(
            suggestion=row,
            field="requirement",
            role=cell.role.key,
            level=cell.level.slug,
            base={"description": cell.description, "obligation": cell.obligation, "proficiency": cell.proficiency},
            proposed={"description": f"{number}.", "obligation": cell.obligation, "proficiency": cell.proficiency},
        )
        for number, (row, cell) in enumerate(zip(rows, chosen_cells, strict=True))
    )
    SuggestedChange.objects.bulk_create(changes, batch_size=1000)


def _measure_queue(site: RunningSite, folder: Path, cookie: str, seconds: float) -> Iterator[str]:
    """Yield a line that compares the page of the queue with a bare view of the same HTML."""
    with connect(site.port) as connection:
        (folder / BARE_FILE).write_bytes(connection.get(QUEUE_PATH, accept_gzip=False, cookie=cookie).body)
    bare, queue = (_measure_page(site, path, seconds, cookie) for path in (BARE_PATH, QUEUE_PATH))
    yield (
        f"queue page with {QUEUE_SIZE} open: CPU of the site {queue.cpu_per_request * 1000:.1f} ms, "
        f"a bare view of it {bare.cpu_per_request * 1000:.2f} ms, {bare.cpu_per_request / queue.cpu_per_request:.3f} "
        f"of its speed; {queue.rate:.1f} a second, p50 {queue.get_percentile(50) * 1000:.0f} ms"
    )


def _measure_page(site: RunningSite, path: str, seconds: float, cookie: str) -> Sample:
    run_load(site.port, path, 200, 0, cookie)  # a few requests first, so that each worker has loaded what it needs
    cpu_before = site.get_cpu_seconds()
    duration, times = run_load(site.port, path, 200, seconds, cookie)
    return Sample(duration, site.get_cpu_seconds() - cpu_before, times=times)
