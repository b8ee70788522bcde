from django.urls import path

from community import views

app_name = "community"
urlpatterns = [path("me/", views.me, name="me")]
