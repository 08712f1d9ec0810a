from django.urls import path

from community.search import views

app_name = "search"
urlpatterns = [
    path("search/", views.search_results, name="results"),
    path("search/suggest/", views.suggest, name="suggest"),
]
