"""URLs of roles, domains, groups and frameworks."""

from django.urls import path

from skills.structure import views

urlpatterns = [
    path("roles/", views.role_list, name="roles"),
    path("roles/<slug:slug>/", views.role, name="role"),
    path("domains/", views.domain_list, name="domains"),
    path("domains/<slug:slug>/", views.domain, name="domain"),
    path("domains/<slug:domain_slug>/<slug:slug>/", views.group, name="group"),
    path("frameworks/", views.framework_list, name="frameworks"),
    path("frameworks/<slug:slug>/", views.framework, name="framework"),
]
