from django.urls import path

from community.saved import views

app_name = "saved"
urlpatterns = [
    path("search/saved/", views.searches, name="searches"),
    path("search/saved/<key:pk>/delete/", views.search_delete, name="search-delete"),
]
