"""Index every skill again: after a restore, or if the search does not find everything, or lists are out of order."""

from typing import Any, override

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand

from skills import search
from skills.models import Domain, Framework, Group, Role, Skill
from skills.text.name_fields import fill_name_keys


class Command(BaseCommand):
    """Compute the keys of all names, rebuild the search index of all current skills and print their number."""

    help = "Compute the keys by which names are sorted and compared, and index every skill again for the search."

    @override
    def handle(self, *_args: Any, **_options: Any) -> None:
        for model in (Framework, Domain, Group, Role, Skill, get_user_model()):
            fill_name_keys(model._default_manager.all())
        self.stdout.write(f"{search.rebuild()} skills can be found.")
