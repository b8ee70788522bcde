"""URLs of the settings and of public profiles."""

from django.urls import path

from accounts.profile import shortcut_views, views

urlpatterns = [
    path("me/settings/", views.settings, name="settings"),
    path("shortcuts/", shortcut_views.shortcuts, name="shortcuts"),
    path("people/<str:username>/", views.person, name="person"),
]
