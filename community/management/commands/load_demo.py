"""Command that creates the example community of `make demo`; run again, it changes nothing."""

import os
from pathlib import Path
from typing import Any, override
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from community.demo.clock import travel_back
from community.demo.people import PASSWORD, PEOPLE, create_people
from community.demo.tale import create_history

DATABASE_NAME = "demo.sqlite3"
CONTENT_AGE_DAYS = 115  # the catalogue is older than its suggestions
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})


class Command(BaseCommand):
    """Refuses every database except its own and every address except loopback, because the passwords are public."""

    help = "Make the people and suggestions of the demonstration, on its own database only."

    @override
    def handle(self, *_args: Any, **_options: Any) -> None:
        """Load the content, create people and their history, and print who can sign in."""
        _refuse_public_site()
        with travel_back(CONTENT_AGE_DAYS):
            call_command("load_content", verbosity=0)
        create_history(create_people())
        self.stdout.write(f"\nSign in with the password {PASSWORD} as one of these:\n")
        for person in PEOPLE:
            self.stdout.write(f"  {person.email:32} {person.name}, {person.description}")


def _refuse_public_site() -> None:
    """Raise `CommandError` for another database, or if others than this machine could reach the site."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or Path(name).name != DATABASE_NAME:
        raise CommandError(f"The demonstration has its own database, {DATABASE_NAME}; this one is {name}.")
    host = os.environ.get("HOST", "127.0.0.1")
    site_host = urlsplit(settings.SITE_URL).hostname if settings.SITE_URL else "127.0.0.1"
    for address in (host, site_host or "", *settings.ALLOWED_HOSTS):
        if address.strip("[]") not in LOOPBACK_HOSTS:
            raise CommandError(f"The demonstration is for this machine alone, and {address} is not.")
