from django.urls import path

from community import settings_views, views

app_name = "community"
urlpatterns = [path("me/", views.me, name="me")]

mail_urlpatterns = [
    path("me/settings/email/", settings_views.email_settings, name="email_settings"),
    path("me/settings/email/try-again/", settings_views.email_try_again, name="email_try_again"),
    path("unsubscribe/<str:token>/", settings_views.unsubscribe, name="unsubscribe"),
]
urlpatterns += mail_urlpatterns
