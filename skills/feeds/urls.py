"""URLs of the feeds; the language is a query parameter (`?lang=de`)."""

from django.urls import path, register_converter

from skills.feeds import views


class KindConverter:
    """The kinds of subject that have their own feed, in the plural, as in "skills/…" or "roles/…"."""

    # "skills|roles|domains": any other kind does not match the URL and gets 404.
    regex = "|".join(views.KINDS)

    def to_python(self, value: str) -> str:
        """Return the kind as it is in the URL.

        `regex` allows only the keys of `views.KINDS`.
        """
        return value

    def to_url(self, value: str) -> str:
        """Return the kind for `reverse`, unchanged.

        Django calls this with the first argument of "feeds:of_thing".
        """
        return value


register_converter(KindConverter, "kind_with_feed")

app_name = "feeds"

urlpatterns = [
    path("all.atom", views.site_feed, name="everything"),
    path("<kind_with_feed:kind>/<slug:slug>.atom", views.subject_feed, name="of_thing"),
]
