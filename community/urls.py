"""Addresses of the community, below the language."""

from django.urls import path

from community import settings_views, views

app_name = "community"
urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/watching/", views.watch_list, name="watch_list"),
    path("me/settings/email/", settings_views.email_settings, name="email_settings"),
    path("me/settings/email/try-again/", settings_views.email_try_again, name="email_try_again"),
    path("watch/<slug:kind>/<int:pk>/", views.watch, name="watch"),
    path("notifications/", views.notification_list, name="notifications"),
    path("notifications/read/", views.read_all, name="read_all"),
    path("notifications/<int:pk>/", views.notification, name="notification"),
    path("unsubscribe/<str:token>/", settings_views.unsubscribe, name="unsubscribe"),
]
