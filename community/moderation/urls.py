from django.urls import path

from community.moderation import views

app_name = "moderation"
urlpatterns = [
    path("posts/<key:pk>/report/", views.report, name="report"),
    path("reports/<key:pk>/", views.own_report, name="own-report"),
    path("moderation/", views.queue, name="queue"),
    path("moderation/hidden/", views.hidden, name="hidden"),
    path("moderation/audit-log/", views.audit_log, name="audit-log"),
    path("moderation/people/<key:pk>/picture/", views.picture_remove, name="picture-remove"),
    path("moderation/people/<key:pk>/links/", views.links_remove, name="links-remove"),
    path("moderation/posts/<key:pk>/", views.decide, name="decide"),
]
