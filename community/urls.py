from django.urls import path

from community import suggestion_form_views, suggestion_views, views

app_name = "community"
urlpatterns = [path("me/", views.me, name="me")]
urlpatterns += [
    path("me/suggestions/", suggestion_views.my_suggestions, name="my_suggestions"),
    path("suggestions/", suggestion_views.suggestion_list, name="suggestions"),
    path("suggestions/<int:pk>/", suggestion_views.suggestion, name="suggestion"),
    path("suggestions/<int:pk>/edit/", suggestion_form_views.edit, name="suggestion_edit"),
    path("suggestions/<int:pk>/vote/", suggestion_views.vote, name="suggestion_vote"),
    path("suggestions/<int:pk>/withdraw/", suggestion_views.withdraw, name="suggestion_withdraw"),
    path("suggestions/<int:pk>/renew/", suggestion_views.renew, name="suggestion_renew"),
    path("suggestions/<int:pk>/second-reader/", suggestion_views.second_reader, name="suggestion_second_reader"),
    path("skills/<slug:slug>/suggestions/", suggestion_views.skill_suggestions, name="skill_suggestions"),
    path("skills/<slug:slug>/suggestions/new/", suggestion_form_views.new, name="suggestion_new"),
]
