"""Fields that an upgrade renamed: forms that were open in a browser meanwhile still send the earlier names."""

from collections.abc import Mapping

from django.http import HttpRequest

RENAMED_FIELDS: Mapping[str, tuple[str, ...]] = {
    "words": ("message", "reason"),
    "decline_words": ("decline_message",),
    "deed": ("intent",),
    "is_meant": ("is_confirmed",),
}
"""Earlier name → present names. A form reads one of them; a field that was sent under its present name wins."""


def rename_fields(request: HttpRequest) -> None:
    """Give the fields of a posted form their present names, so that nothing typed before an upgrade is lost.

    A request that sends none of the earlier names stays as it is.
    """
    if RENAMED_FIELDS.keys().isdisjoint(request.POST):
        return
    data = request.POST.copy()
    for earlier, names in RENAMED_FIELDS.items():
        values = data.pop(earlier, None)
        for name in names:
            if values is not None and name not in data:
                data.setlist(name, values)
    request.POST = data  # type: ignore[assignment]  # Django's own POST is one that cannot be changed
