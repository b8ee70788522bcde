"""Command that runs the worker: `manage.py run_worker`, see config/worker.py."""

import signal
from argparse import ArgumentParser
from typing import Any, override

from django.core.management.base import BaseCommand

from config.worker import Worker

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Command(BaseCommand):
    """Runs until SIGINT or SIGTERM arrives, with --once until nothing is due any more."""

    help = "Does what pages do not wait for: sends mail, makes digests, deletes what is old."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do everything that is due, then end")

    @override
    def handle(self, *, once: bool, **_options: Any) -> None:
        worker = Worker()
        # A terminal and `make run` may both send the signal: the second one changes nothing.
        previous_handlers = {number: signal.signal(number, lambda *_arguments: worker.stop()) for number in SIGNALS}
        try:
            if once:
                worker.run_once()
            else:
                worker.run()
        finally:
            for number, handler in previous_handlers.items():
                signal.signal(number, handler)
