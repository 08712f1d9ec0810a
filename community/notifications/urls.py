from django.urls import path

from community.notifications import views

app_name = "notifications"
urlpatterns = [
    path("notifications/", views.notification_list, name="list"),
    path("notifications/read/", views.mark_all_read, name="mark-all-read"),
    path("notifications/<key:pk>/read/", views.mark_read, name="mark-read"),
    path("notifications/count/", views.count, name="count"),
    path("notifications/events/", views.events, name="events"),
]
