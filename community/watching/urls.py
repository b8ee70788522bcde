"""URLs of watching."""

from django.urls import path

from community.watching import views

urlpatterns = [
    path("me/watching/", views.watch_list, name="watch_list"),
    path("watch/<slug:kind>/<int:pk>/", views.watch, name="watch"),
]
