"""URLs of the history pages."""

from django.urls import path

from skills.history import views

urlpatterns = [
    path("skills/<slug:slug>/history/", views.skill_history, name="history"),
    path("skills/<slug:slug>/history/compare/", views.compare, name="compare"),
    path("skills/<slug:slug>/history/blame/", views.blame, name="blame"),
    path("skills/<slug:slug>/history/<int:number>/", views.revision, name="revision"),
    path("changes/", views.changes, name="changes"),
]
