"""Addresses of the catalogue, below the language."""

from django.urls import include, path

app_name = "skills"
urlpatterns = [
    path("", include("skills.browse.urls")),
    path("", include("skills.profile.urls")),
    path("", include("skills.structure.urls")),
    path("", include("skills.history.urls")),
]
