"""Forms of a discussion: one to write a comment, one to edit it, and one for each kind of button below it."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar, override

from django import forms
from django.db.models import TextChoices
from django.http import Http404, HttpRequest
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.discussion.comments import NO_PLACE
from community.models import Comment
from community.models.discussion import BODY_MAX_LENGTH
from community.posting.fields import IdField, OfferedChoiceField, TypedTextField
from skills.content.matrix import Place
from skills.content.places import Places
from skills.text.blank import displays_nothing

ON_OFF_CHOICES = (("1", "1"), ("0", "0"))
"""What a button sends to switch something on (1) or off (0)."""


class Intent(TextChoices):
    """The buttons of the form: post, show a preview, or begin an answer below the text that is already typed."""

    POST = "post"
    PREVIEW = "preview"
    ANSWER = "answer"


def _format_too_long() -> str:
    return _("The text is longer than %(limit)s characters.") % {"limit": BODY_MAX_LENGTH}


class BodyField(TypedTextField):
    """The text of a comment, in Markdown."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": gettext_lazy("Write something first."),
        # Lazy, since the message is formatted in the language of the request and not at import.
        "max_length": lazy(_format_too_long, str)(),
        "not_storable": gettext_lazy("The text contains a character that cannot be saved."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=BODY_MAX_LENGTH, **kwargs)

    @override
    def to_python(self, value: Any) -> str:
        """Return the text, '' if it displays nothing. Raises `ValidationError` if it cannot be stored."""
        text = super().to_python(value)
        return "" if displays_nothing(text) else text


class CommentForm(forms.Form):
    """A comment or an answer. With `places`, the cells of a skill, `cleaned_data` gets the chosen one as "place".

    `answered` is the comment that is answered; with the same `key` a form that is sent twice counts once; `preview`
    is HTML.
    """

    intent = OfferedChoiceField(choices=Intent.choices, coerce=Intent, empty_value=Intent.POST, required=False)
    body = BodyField(initial="")
    parent = IdField(required=False)
    role = forms.CharField(required=False)
    level = forms.CharField(required=False)

    def __init__(self, *args: Any, places: Places | None = None, key: uuid.UUID | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places, self.key = places, key or uuid.uuid4()
        self.answered: Comment | None = None
        self.preview = ""

    @override
    def clean(self) -> dict[str, Any]:
        """Return the cleaned data with "place"; a cell that does not exist is an error of the field "role"."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        place = NO_PLACE
        try:
            place = read_place(cleaned, self.places) if self.places else NO_PLACE
        # Not a `ValidationError` at once, since `read_place` reads the query of pages too.
        except UnknownPlace as error:
            self.add_error("role", str(error))
        return cleaned | {"place": place}


class EditForm(forms.Form):
    """The new text of one's own comment, and the digest of the text that the form displayed."""

    body = BodyField()
    displayed = forms.Field(required=False)

    def clean_displayed(self) -> str | None:
        """Return the digest, None for a form of an earlier version of the site."""
        return self.data.get("displayed")


class HelpfulForm(forms.Form):
    """Whether a comment is helpful."""

    value = OfferedChoiceField(
        choices=ON_OFF_CHOICES,
        # Any other value than these two raises `BadRequest`, see `OfferedChoiceField`.
        coerce=lambda value: value == "1",
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("A comment is helpful or it is not.")
        ),
    )


class ThreadForm(forms.Form):
    """Whether a thread is resolved, or muted. Without a value it is."""

    value = OfferedChoiceField(choices=ON_OFF_CHOICES, required=False)

    def clean_value(self) -> bool:
        """Return True unless the button sent "0"."""
        return str(self.cleaned_data["value"]) != "0"


class UnknownPlace(Exception):
    """There is no such cell; the message says why, in the reader's language."""


def read_place(data: Mapping[str, Any], places: Places) -> Place:
    """Return the cell that form data or a query names, `NO_PLACE` if it names none.

    `data` has "role" (slug or key) and "level"; `places` are the cells of the framework. Raises `UnknownPlace` if
    only one of the two is given, or if the framework does not have the cell.
    """
    role, level = data.get("role", ""), data.get("level", "")
    if not role and not level:
        return NO_PLACE
    if not role or not level:
        raise UnknownPlace(_("Choose a role and a level, or neither."))
    # URLs name a role by its slug, forms by its key. An unknown role is refused below.
    role_key = next((row.key for row in places.roles.values() if role in {row.slug, row.key}), role)
    place = Place(role_key, level)
    if reason := places.get_refusal_reason(place):
        raise UnknownPlace(reason)
    return place


def read_place_or_404(request: HttpRequest, places: Places | None) -> Place:
    """Return the cell that the query of a page names, `NO_PLACE` if it names none.

    `places` are the cells of the skill's framework; None for a suggestion, whose comments have no cell. Raises
    Http404 for an unknown cell.
    """
    try:
        return read_place(request.GET, places) if places else NO_PLACE
    except UnknownPlace as error:
        raise Http404(str(error)) from error
