"""URLs of the start page and of the list of skills."""

from django.urls import path

from skills.browse import views

urlpatterns = [
    path("", views.home, name="home"),
    path("skills/", views.skill_list, name="skills"),
]
