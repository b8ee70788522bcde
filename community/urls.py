from django.urls import path

from community import history_views, views

app_name = "community"
urlpatterns = [path("me/", views.me, name="me")]

urlpatterns += [
    path("skills/<slug:slug>/history/<int:number>/revert/", history_views.revert, name="revert"),
]
