"""Fields for names and for what is computed from them. Every name that is typed goes through `skills.text.names`."""

from collections.abc import Callable
from typing import Any, ClassVar, override

from django import forms
from django.db import models

from skills.text.folding import KEY_MAX_LENGTH, build_look_key, build_sort_key
from skills.text.names import check_name, normalize_name

KEY_BATCH = 500  # rows


class NameFormField(forms.CharField):
    """A name, in its normal form. Hidden characters are an error, as is a name that shows nothing."""

    @override
    def to_python(self, value: Any) -> str:
        return normalize_name(str(super().to_python(value)))

    @override
    def run_validators(self, value: Any) -> None:
        super().run_validators(value)
        check_name(value)


class NameField(models.CharField[str, str]):
    """A column for names. A form of its model gets a `NameFormField`; for migrations it is a `CharField`."""

    @override
    def run_validators(self, value: Any) -> None:
        super().run_validators(value)
        check_name(value)

    @override
    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        return super().formfield(*args, **{"form_class": NameFormField, **kwargs})

    @override
    def deconstruct(self) -> Any:
        """Return the field as a plain `CharField`: the database does not know the difference."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class SortKeyField(models.CharField[str, str]):
    """A key that is computed from the name of its row (for a person without one, the user name) with every write.

    It is compared by code points on every database, so that a list has the same order on each. A process of an
    earlier version leaves it empty, or as it was: `rebuild_search` computes all keys again.
    """

    build_key: ClassVar[Callable[[str], str]] = staticmethod(build_sort_key)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # The default of Python, too: allauth keeps unsaved accounts in the session, without expressions in them.
        defaults: dict[str, Any] = {"max_length": KEY_MAX_LENGTH, "editable": False, "blank": True}
        defaults |= {"default": "", "db_default": ""}
        super().__init__(*args, **defaults | kwargs)

    @override
    def db_parameters(self, connection: Any) -> Any:
        """Return the parameters of the column, with the collation that PostgreSQL needs for an order by code points."""
        collation = {"collation": "C"} if connection.vendor == "postgresql" else {}
        return super().db_parameters(connection) | collation

    @override
    def pre_save(self, model_instance: Any, add: bool) -> str:
        """Return the key of the current name; Django calls this for each row that `save` and `bulk_create` write."""
        name = model_instance.name or getattr(model_instance, "username", "")
        key = type(self).build_key(name)
        setattr(model_instance, self.attname, key)
        return key


class LookKeyField(SortKeyField):
    """A key that is the same for names which a reader may take for the same."""

    build_key: ClassVar[Callable[[str], str]] = staticmethod(build_look_key)


class SortedByName(models.Model):
    """Base of the models whose lists are sorted by name: `sort_key` is the column to sort by, never `name`."""

    sort_key = SortKeyField()

    class Meta:
        abstract = True

    @override
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row; a name among `update_fields` takes the keys that depend on it along."""
        fields = kwargs.get("update_fields")
        if fields is not None and {"name", "username"} & set(fields):
            kwargs["update_fields"] = {*fields, *list_key_fields(type(self))}
        super().save(*args, **kwargs)


def fill_name_keys(rows: models.QuerySet[Any]) -> None:
    """Compute the keys of these rows again, in batches of `KEY_BATCH`.

    A row whose name changes at the same time keeps the keys of the new name: only rows with the name that was read
    are written.
    """
    fields = list_key_fields(rows.model)
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:KEY_BATCH]):
        for row in batch:
            before = [getattr(row, name) for name in fields]
            keys = {name: rows.model._meta.get_field(name).pre_save(row, add=False) for name in fields}
            if list(keys.values()) != before:
                rows.filter(pk=row.pk, name=row.name).update(**keys)
        last = batch[-1].pk


def list_key_fields(model: type[models.Model]) -> list[str]:
    """Return the names of a model's fields that are computed from its name.

    `model` is one of those sorted by name.
    """
    return [field.name for field in model._meta.fields if isinstance(field, SortKeyField)]
