"""URLs of the catalogue. config/urls.py includes them below the language prefix (`/en/`, `/de/`)."""

from django.urls import include, path

# No package has a prefix of its own: each names its whole path, such as "skills/<slug>/".
app_name = "skills"
urlpatterns = [
    path("", include("skills.browse.urls")),
    path("", include("skills.profile.urls")),
    path("", include("skills.structure.urls")),
    path("", include("skills.history.urls")),
]
