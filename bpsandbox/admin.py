"""Admin of specs, runs, attachments and workers, which can be read and deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from bpsandbox import services
from bpsandbox.models import Attachment, Certificate, Run, Spec, Worker


class ReadOnlyAdmin(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RemovingAdmin(ReadOnlyAdmin):
    """Deletes one or several rows by a service, which notes what everybody could see."""

    remove: Callable[[Any], None]

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.delete_queryset(request, type(obj)._default_manager.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        self.remove(queryset)


@admin.register(Spec)
class SpecAdmin(RemovingAdmin):
    list_display = ("hash", "created_at")
    search_fields = ("hash",)
    exclude = ("current_run",)
    remove = staticmethod(services.remove_specs)


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ("id", "spec", "working", "state", "engine_version", "attempts", "created_at", "finished_at")
    list_filter = ("state", "engine_version")
    list_select_related = ("spec",)
    search_fields = ("spec__hash",)
    exclude = ("archive", "result", "card", "progress")
    show_full_result_count = False


@admin.register(Attachment)
class AttachmentAdmin(RemovingAdmin):
    list_display = ("id", "title", "spec", "target_kind", "target_id", "visibility", "created_at", "expires_at")
    list_filter = ("visibility", "target_kind")
    list_select_related = ("spec",)
    exclude = ("owner_key",)
    remove = staticmethod(services.remove_attachments)


@admin.register(Certificate)
class CertificateAdmin(ReadOnlyAdmin):
    list_display = ("id", "run", "state", "engine_version", "same_until", "last_step", "attempts", "checked_at")
    list_filter = ("state", "engine_version")
    list_select_related = ("run",)
    raw_id_fields = ("run", "spec")


@admin.register(Worker)
class WorkerAdmin(ReadOnlyAdmin):
    list_display = ("name", "slots", "started_at", "seen_at")
