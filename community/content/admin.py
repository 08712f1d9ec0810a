"""Admin for categories. Tags, threads and posts are changed on their own pages, which apply the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community.audit.actions import Action
from community.audit.services import record
from community.content.models import Category
from community.content.policies import is_staff

TONES = (
    (0, _("Blue")),
    (1, _("Coral")),
    (2, _("Teal")),
    (3, _("Amber")),
    (4, _("Violet")),
    (5, _("Rose")),
    (6, _("Green")),
    (7, _("Grey")),
)


class CategoryForm(forms.ModelForm):
    tone = forms.TypedChoiceField(label=_("Colour"), choices=TONES, coerce=int)

    class Meta:
        model = Category
        fields = ("name", "name_zh", "slug", "description", "description_zh", "parent", "position", "tone")
        labels = {
            "name": _("Name in English"),
            "name_zh": _("Name in Chinese"),
            "slug": _("Address"),
            "description": _("Description in English"),
            "description_zh": _("Description in Chinese"),
            "parent": _("Parent category"),
            "position": _("Position"),
        }
        help_texts = {
            "slug": _("The last part of its address. It stays when the name changes."),
            "position": _("Categories with smaller numbers come first."),
        }
        widgets = {name: forms.Textarea(attrs={"rows": 2}) for name in ("description", "description_zh")}

    def clean_parent(self) -> Category | None:
        """Reject a category nested inside itself, directly or indirectly."""
        parent = self.cleaned_data["parent"]
        if parent is not None and self.instance.pk in Category.objects.keys_around(parent.pk):
            raise forms.ValidationError(_("A category cannot be inside itself."))
        return parent


class ForStaff(admin.ModelAdmin):
    """Base admin, open to all staff like moderation. Deletion is disabled so that category URLs stay valid."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_staff(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_staff(request.user)

    has_add_permission = has_module_permission
    has_change_permission = has_view_permission

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    added: Action | None = None
    edited: Action

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """Save what was changed and record it in the audit log. Admin views run in transactions.

        Not the whole row: it is counted meanwhile.
        """
        obj.save(update_fields=form.changed_data if change else None)
        before, after = form.initial, form.cleaned_data
        changes = {name: (_plain(form, name, before), _plain(form, name, after)) for name in form.changed_data}
        action = self.edited if change else self.added
        if action is not None and changes:
            record(actor=request.user, action=action, target=obj, changes=changes)  # type: ignore[arg-type]


@admin.register(Category)
class CategoryAdmin(ForStaff):
    form = CategoryForm
    added, edited = Action.ADD_CATEGORY, Action.EDIT_CATEGORY
    list_display = ("label", "slug", "parent", "position")
    list_select_related = ("parent",)
    ordering = ("position", "pk")
    prepopulated_fields = {"slug": ("name",)}
    search_fields = ("name", "name_zh", "slug")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else dict(self.prepopulated_fields)


def _plain(form: forms.ModelForm, name: str, values: Mapping[str, Any]) -> Any:
    """Return a field's value for the audit log; a category is named by its slug."""
    value = form.fields[name].to_python(values.get(name))
    return value.slug if isinstance(value, Category) else value
