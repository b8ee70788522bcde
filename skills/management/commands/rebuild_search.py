"""Index every skill again: after a restore, or if the search does not find everything."""

from typing import Any, override

from django.core.management.base import BaseCommand

from skills import search


class Command(BaseCommand):
    """Rebuild the search index of all current skills and print their number."""

    help = "Index every skill again for the search."

    @override
    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"{search.rebuild()} skills can be found.")
