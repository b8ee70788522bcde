"""Addresses of the feeds; their language is a parameter."""

from django.urls import path, register_converter

from skills.feeds import views


class KindConverter:
    """The plural of what has a feed of its own."""

    regex = "|".join(views.KINDS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(KindConverter, "kind_with_feed")

app_name = "feeds"

urlpatterns = [
    path("all.atom", views.site_feed, name="everything"),
    path("<kind_with_feed:kind>/<slug:slug>.atom", views.subject_feed, name="of_thing"),
]
