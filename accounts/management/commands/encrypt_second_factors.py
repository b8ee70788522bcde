"""Encrypt the secrets of second factors with today's SECRET_KEY, after it has changed."""

from typing import Any, override

from django.core.management.base import BaseCommand, CommandError

from accounts.second_factor import adapter


class Command(BaseCommand):
    help = "Encrypts secrets of second factors with today's SECRET_KEY; reads earlier ones of SECRET_KEY_FALLBACKS"

    @override
    def handle(self, *_args: Any, **_options: Any) -> None:
        """Encrypt all, print how many; raises `CommandError` where some cannot be read."""
        done, unreadable = adapter.encrypt_all_again()
        self.stdout.write(f"Encrypted with today's SECRET_KEY: {done}")
        if unreadable:
            raise CommandError(f"Cannot be read with SECRET_KEY and SECRET_KEY_FALLBACKS: {unreadable}")
