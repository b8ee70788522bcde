"""URLs of the settings and of public profiles."""

from django.urls import path

from accounts.profile import views

urlpatterns = [
    path("me/settings/", views.settings, name="settings"),
    path("people/<str:username>/", views.person, name="person"),
]
