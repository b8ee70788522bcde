"""Encrypt the secrets of second factors with the current SECRET_KEY, after it has changed."""

from typing import Any, override

from django.core.management.base import BaseCommand, CommandError

from accounts.second_factor import adapter


class Command(BaseCommand):
    """Encrypts the secrets of all second factors again."""

    help = "Encrypts secrets of second factors with today's SECRET_KEY; reads earlier ones of SECRET_KEY_FALLBACKS"

    @override
    def handle(self, *_args: Any, **_options: Any) -> None:
        """Encrypt all secrets and print how many; raises `CommandError` if some cannot be decrypted."""
        encrypted_count, unreadable_count = adapter.encrypt_all_again()
        self.stdout.write(f"Encrypted with today's SECRET_KEY: {encrypted_count}")
        if unreadable_count:
            raise CommandError(f"Cannot be read with SECRET_KEY and SECRET_KEY_FALLBACKS: {unreadable_count}")
