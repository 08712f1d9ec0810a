from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.utils.translation import gettext_lazy as _

from community.accounts import handles
from community.accounts.models import User

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # our sign-in, with its limits, is the only one
admin.site.site_header = admin.site.site_title = _("Chainrule")


class HandleFromStaff:
    """Handle field for staff, who can assign reserved handles; all other rules apply."""

    cleaned_data: dict[str, Any]

    def clean_handle(self) -> str:
        return handles.check(self.cleaned_data["handle"], reserved_too=True)


class PersonCreationForm(HandleFromStaff, AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("handle", "email")


class PersonChangeForm(HandleFromStaff, UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class PersonAdmin(UserAdmin):
    form = PersonChangeForm
    add_form = PersonCreationForm
    ordering = ("-date_joined",)
    list_display = ("handle", "display_name", "email", "is_staff", "is_active", "is_demo", "date_joined")
    list_filter = ("is_staff", "is_active", "is_demo", "is_system")
    search_fields = ("handle", "handle_key", "display_name", "email")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("handle", "password")}),
        (_("Profile"), {"fields": ("display_name", "email", "picture", "bio")}),
        (_("Preferences"), {"fields": ("language", "theme", "time_zone", "vectors", "loss_form")}),
        (
            _("Permissions"),
            {"fields": ("is_active", "is_staff", "is_superuser", "is_demo", "groups", "user_permissions")},
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("handle", "email", "usable_password", "password1", "password2")}),
    )
