"""Index every skill anew, after a restore or when the search seems to have lost something."""

from typing import Any, override

from django.core.management.base import BaseCommand

from skills import search


class Command(BaseCommand):
    help = "Index every skill anew for the search."

    @override
    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"{search.rebuild()} skills can be found.")
