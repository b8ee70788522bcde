#!/usr/bin/env python
"""Runs the site's management commands."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError, connection


def main() -> None:
    """Run the command line; a database out of reach is one line, any other failure keeps its traceback."""
    try:
        execute_from_command_line(sys.argv)
    except OperationalError:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            reason = " ".join(str(error).split())
            sys.exit(f"Stufenplan cannot start: DATABASE_URL: the database is not reached: {reason}")
        raise


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main()
