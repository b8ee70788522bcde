"""Addresses of the catalogue, below the language."""

from django.urls import path

from skills import views

app_name = "skills"

urlpatterns = [
    path("", views.home, name="home"),
    path("skills/", views.skill_list, name="skills"),
    path("skills/<slug:slug>/", views.profile, name="profile"),
    path("skills/<slug:slug>/history/<int:number>/", views.revision, name="revision"),
    path("roles/", views.role_list, name="roles"),
    path("roles/<slug:slug>/", views.role, name="role"),
    path("domains/", views.domain_list, name="domains"),
    path("domains/<slug:slug>/", views.domain, name="domain"),
    path("domains/<slug:domain_slug>/<slug:slug>/", views.group, name="group"),
    path("frameworks/", views.framework_list, name="frameworks"),
    path("frameworks/<slug:slug>/", views.framework, name="framework"),
]
