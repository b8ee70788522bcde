"""URLs of the community, below the language prefix. Each package has its own urls module."""

from django.urls import include, path

app_name = "community"
urlpatterns = [
    path("", include("community.me.urls")),
    path("", include("community.watching.urls")),
    path("", include("community.suggestions.urls")),
    path("", include("community.drafting.urls")),
    path("", include("community.notifications.urls")),
    path("", include("community.discussion.urls")),
    path("", include("community.moderation.urls")),
    path("", include("community.review.urls")),
    path("", include("community.reverting.urls")),
]
