"""Keys and slugs: unique, built from the name; a slug that was public is never lost."""

from itertools import chain, count
from typing import Any

from django.db import models, transaction
from slugify import slugify

from skills.models import CatalogueVersion, Domain, FormerPath, Group, Role, Skill

SLUG_MAX_LENGTH = 80
# Without these, "ä" would become "a", as in other languages.
GERMAN_REPLACEMENTS = [["ä", "ae"], ["ö", "oe"], ["ü", "ue"], ["Ä", "Ae"], ["Ö", "Oe"], ["Ü", "Ue"], ["ß", "ss"]]

Named = Skill | Role | Domain | Group


def build_slug(text: str, default: str = "x") -> str:
    """Return `text` as an ASCII slug of at most `SLUG_MAX_LENGTH` characters.

    Umlauts are spelt out ("ä" → "ae"), other scripts transliterated. `default` if nothing is left, as of "!?".
    """
    return slugify(text, replacements=GERMAN_REPLACEMENTS, max_length=SLUG_MAX_LENGTH) or default


def build_path(obj: Named) -> str:
    """Return the path of an object's page below the language prefix, as `FormerPath` stores it.

    "skills/sourdough", "roles/baker", "domains/bakery"; for a group "domains/bakery/bread".
    """
    if isinstance(obj, Group):
        return f"domains/{obj.domain.slug}/{obj.slug}"
    return f"{obj._meta.model_name}s/{obj.slug}"


def assign_slug(obj: Named) -> None:
    """Set a free slug on an object that has a name, saved or not.

    The caller saves it, in the same transaction: the catalogue is locked until its end, so that
    two objects never get the same slug.
    """
    CatalogueVersion.objects.lock()
    obj.slug = _find_free_slug(obj)


def find_free_key(siblings: models.QuerySet[Any], name: str) -> str:
    """Return a key for a new object: the slug of its name, with a number if a sibling has that already.

    `siblings` are the objects among which the key must be unique. The catalogue is locked until the end
    of the transaction, so that two objects never get the same key.
    """
    CatalogueVersion.objects.lock()
    key = build_slug(name, siblings.model._meta.model_name or "x")
    # "bread", "bread-2", "bread-3" … all start with the key: one query loads every candidate that is taken.
    taken = set(siblings.filter(key__startswith=key).values_list("key", flat=True))
    candidates = chain([key], (f"{key}-{number}" for number in count(2)))
    return next(candidate for candidate in candidates if candidate not in taken)


def rename(obj: Named, name: str) -> None:
    """Rename a saved object.

    1. Lock the catalogue until the transaction ends.
    2. Choose a slug for the new name; keep the old one if it fits the new name, too.
    3. If the slug changes: record the old path as a `FormerPath`, which redirects to the new one.
    4. Save name and slug, no other field.
    """
    with transaction.atomic():
        CatalogueVersion.objects.lock()
        former_path, old_slug = build_path(obj), obj.slug
        obj.name = name
        if not _may_keep(old_slug, obj):
            obj.slug = _find_free_slug(obj)
        if obj.slug != old_slug:
            field = obj._meta.model_name or ""  # `FormerPath` has a field for each model, named after it
            # Renamed back to an earlier name: its path is the current one again.
            FormerPath.objects.filter(path=build_path(obj)).delete()
            FormerPath.objects.update_or_create(path=former_path, defaults={field: obj})
        obj.save(update_fields=["name", "slug"])


def _may_keep(slug: str, obj: Named) -> bool:
    """Return whether the object's current slug fits its new name, as after a change of upper and lower case."""
    return any(slug == candidate for candidate in _list_slug_candidates(obj))


def _list_slug_candidates(obj: Named) -> list[str]:
    """Return slugs for the object, best first: its name, then its name with the group or framework."""
    name = build_slug(obj.name, obj._meta.model_name or "x")
    if isinstance(obj, Group):
        return [name]  # unique in its domain only, where no two groups have the same name
    candidates = [name]
    if isinstance(obj, Skill):
        candidates.append(f"{name}-{build_slug(obj.group.name)}")
    candidates.append(f"{name}-{obj.framework.slug}")
    return [candidate[:120].strip("-") for candidate in candidates]  # the column holds 120 characters


def _find_free_slug(obj: Named) -> str:
    """Return the first free candidate, or the last one with a number."""
    candidates = _list_slug_candidates(obj)
    numbered = (f"{candidates[-1][:110]}-{number}" for number in count(2))  # 10 characters are left for the number
    return next(slug for slug in chain(candidates, numbered) if _is_free(slug, obj))


def _is_free(slug: str, obj: Named) -> bool:
    """Return whether no other object has the slug, or had it: a former path keeps redirecting."""
    others: models.QuerySet[Named] = type(obj)._default_manager.exclude(pk=obj.pk).filter(slug=slug)
    if isinstance(obj, Group):
        others = others.filter(domain_id=obj.domain_id)
        path = f"domains/{obj.domain.slug}/{slug}"
    else:
        path = f"{obj._meta.model_name}s/{slug}"
    own_paths = {obj._meta.model_name or "": obj.pk}
    return not others.exists() and not FormerPath.objects.filter(path=path).exclude(**own_paths).exists()


def find_by_former_path(path: str) -> Named | None:
    """Return the object that had this path before it was renamed, or None.

    `path` is as `build_path` returns it: "skills/old", "domains/old/group".
    """
    former = FormerPath.objects.select_related("skill", "role", "domain", "group__domain").filter(path=path).first()
    return former.target if former else None
