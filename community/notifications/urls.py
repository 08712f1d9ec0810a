from django.urls import path

from community.notifications.views import lists, settings, workers

app_name = "notifications"
urlpatterns = [
    path("notifications/", lists.notification_list, name="list"),
    path("notifications/read/", lists.mark_all_read, name="mark-all-read"),
    path("notifications/<key:pk>/read/", lists.mark_read, name="mark-read"),
    path("notifications/count/", lists.count, name="count"),
    path("notifications/events/", lists.events, name="events"),
    path("settings/notifications/", settings.notification_settings, name="settings"),
    path("settings/notifications/email/", settings.mail_resume, name="mail-resume"),
    path("settings/notifications/devices/", settings.device_add, name="device-add"),
    path("settings/notifications/devices/<key:pk>/remove/", settings.device_remove, name="device-remove"),
    path("push-worker.js", workers.push_worker, name="push-worker"),
    path("notifications/email/<str:token>/", settings.unsubscribe, name="unsubscribe"),
]
