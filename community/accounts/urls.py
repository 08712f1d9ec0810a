from django.urls import include, path

from community.accounts.views import avatars, kept, settings, sign_in

app_name = "accounts"

_settings = [
    path("", settings.settings, name="settings"),
    path("profile/", settings.profile_update, name="profile-update"),
    path("preferences/", settings.preferences_update, name="preferences-update"),
    path("kept-form/", kept.kept_form, name="kept-form"),
    path("sessions/end/", settings.sessions_end, name="sessions-end"),
    path("email/confirmation/", sign_in.confirmation_resend, name="confirmation-resend"),
]

urlpatterns = [
    path("settings/", include(_settings)),
    path("preferences/", settings.preferences_choose, name="preferences"),
    path("avatar/<key:pk>.svg", avatars.avatar, name="avatar"),
]
