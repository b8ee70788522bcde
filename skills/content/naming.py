"""Slugs: unique, made from the name, and never lost once they were public."""

from itertools import chain, count
from typing import Any

from django.db import models, transaction
from slugify import slugify

from skills.models import CatalogueVersion, Domain, FormerPath, Group, Role, Skill

SLUG_MAX_LENGTH = 80
GERMAN_REPLACEMENTS = [["ä", "ae"], ["ö", "oe"], ["ü", "ue"], ["Ä", "Ae"], ["Ö", "Oe"], ["Ü", "Ue"], ["ß", "ss"]]

Named = Skill | Role | Domain | Group


def build_slug(text: str, default: str = "x") -> str:
    """Return `text` as an ASCII slug: umlauts spelt out, other scripts transliterated, `default` if nothing is left."""
    return slugify(text, replacements=GERMAN_REPLACEMENTS, max_length=SLUG_MAX_LENGTH) or default


def build_path(thing: Named) -> str:
    """Return the path of a thing below the language, as `FormerPath` keeps it."""
    if isinstance(thing, Group):
        return f"domains/{thing.domain.slug}/{thing.slug}"
    return f"{thing._meta.model_name}s/{thing.slug}"


def assign_slug(thing: Named) -> None:
    """Set a free slug on a thing that has a name and is not saved yet.

    Locks the catalogue until the transaction ends, so that two things never get one slug.
    """
    CatalogueVersion.objects.lock()
    thing.slug = _find_free_slug(thing)


def find_free_key(siblings: models.QuerySet[Any], name: str) -> str:
    """Return a key for a new thing among its siblings: the slug of its name, numbered where that is taken.

    Locks the catalogue until the transaction ends, so that two things never get one key.
    """
    CatalogueVersion.objects.lock()
    key = build_slug(name, siblings.model._meta.model_name or "x")
    taken = set(siblings.filter(key__startswith=key).values_list("key", flat=True))
    return next(wish for wish in chain([key], (f"{key}-{number}" for number in count(2))) if wish not in taken)


def rename(thing: Named, name: str) -> None:
    """Set and save name and slug of a saved thing; its old path stays known and leads to the new one."""
    with transaction.atomic():
        CatalogueVersion.objects.lock()
        former, old_slug = build_path(thing), thing.slug
        thing.name = name
        if not _may_keep(old_slug, thing):
            thing.slug = _find_free_slug(thing)
        if thing.slug != old_slug:
            field = thing._meta.model_name or ""
            FormerPath.objects.filter(path=build_path(thing)).delete()
            FormerPath.objects.update_or_create(path=former, defaults={field: thing})
        thing.save(update_fields=["name", "slug"])


def _may_keep(slug: str, thing: Named) -> bool:
    return any(slug == wish for wish in _list_slug_candidates(thing))


def _list_slug_candidates(thing: Named) -> list[str]:
    """The slugs a thing would like, best first: its name, then its name with what tells it from its namesakes."""
    name = build_slug(thing.name, thing._meta.model_name or "x")
    if isinstance(thing, Group):
        return [name]
    wishes = [name]
    if isinstance(thing, Skill):
        wishes.append(f"{name}-{build_slug(thing.group.name)}")
    wishes.append(f"{name}-{thing.framework.slug}")
    return [wish[:120].strip("-") for wish in wishes]


def _find_free_slug(thing: Named) -> str:
    wishes = _list_slug_candidates(thing)
    numbered = (f"{wishes[-1][:110]}-{number}" for number in count(2))
    return next(slug for slug in chain(wishes, numbered) if _is_free(slug, thing))


def _is_free(slug: str, thing: Named) -> bool:
    others: models.QuerySet[Named] = type(thing)._default_manager.exclude(pk=thing.pk).filter(slug=slug)
    if isinstance(thing, Group):
        others = others.filter(domain_id=thing.domain_id)
        path = f"domains/{thing.domain.slug}/{slug}"
    else:
        path = f"{thing._meta.model_name}s/{slug}"
    mine = {thing._meta.model_name or "": thing.pk}
    return not others.exists() and not FormerPath.objects.filter(path=path).exclude(**mine).exists()


def find_by_former_path(path: str) -> Named | None:
    """Return what used to stand at `path` ("skills/old", "domains/old/group"), or None."""
    former = FormerPath.objects.select_related("skill", "role", "domain", "group__domain").filter(path=path).first()
    return former.target if former else None
