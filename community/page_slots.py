"""What the community shows on pages of the catalogue, see skills/page_slots.py."""

from django.http import HttpRequest

from skills.page_slots import Slot


def _person(request: HttpRequest) -> str:
    return ""


def _watch(request: HttpRequest, kind: str, pk: str) -> str:
    return ""


person = Slot(_person)
watch = Slot(_watch)
