"""URL of a member's own start page."""

from django.urls import path

from community.me import views

urlpatterns = [
    path("me/", views.me, name="me"),
]
