"""URLs of account pages, below the language prefix."""

from django.urls import include, path

app_name = "accounts"
urlpatterns = [
    path("", include("accounts.profile.urls")),
    path("", include("accounts.address.urls")),
    path("", include("accounts.privacy.urls")),
]
