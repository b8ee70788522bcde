"""URLs of the profile."""

from django.urls import path

from skills.profile import views

urlpatterns = [
    path("skills/<slug:slug>/", views.profile, name="profile"),
]
