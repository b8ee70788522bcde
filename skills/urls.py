"""Addresses of the catalogue, below the language."""

from django.urls import path

from skills import history_views, views

app_name = "skills"

urlpatterns = [
    path("", views.home, name="home"),
    path("skills/", views.skill_list, name="skills"),
    path("skills/<slug:slug>/", views.profile, name="profile"),
    path("roles/", views.role_list, name="roles"),
    path("roles/<slug:slug>/", views.role, name="role"),
    path("domains/", views.domain_list, name="domains"),
    path("domains/<slug:slug>/", views.domain, name="domain"),
    path("domains/<slug:domain_slug>/<slug:slug>/", views.group, name="group"),
    path("frameworks/", views.framework_list, name="frameworks"),
    path("frameworks/<slug:slug>/", views.framework, name="framework"),
    path("skills/<slug:slug>/history/", history_views.skill_history, name="history"),
    path("skills/<slug:slug>/history/compare/", history_views.compare, name="compare"),
    path("skills/<slug:slug>/history/blame/", history_views.blame, name="blame"),
    path("skills/<slug:slug>/history/<int:number>/", history_views.revision, name="revision"),
    path("changes/", history_views.changes, name="changes"),
]
