"""allauth's URLs, with our views where input is accepted. No namespace: allauth reverses them by name."""

from allauth.account import views as allauth_views
from django.contrib.auth.decorators import login_required
from django.urls import path, re_path
from django.views.decorators.cache import never_cache

from community.accounts.views import sign_in

urlpatterns = [
    path("login/", sign_in.LoginView.as_view(), name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("signup/", sign_in.SignupView.as_view(), name="account_signup"),
    path("reauthenticate/", login_required(sign_in.ReauthenticateView.as_view()), name="account_reauthenticate"),
    path("email/", login_required(sign_in.EmailView.as_view()), name="account_email"),
    path("confirm-email/", allauth_views.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", allauth_views.confirm_email, name="account_confirm_email"),
    path("password/change/", login_required(sign_in.PasswordChangeView.as_view()), name="account_change_password"),
    path("password/set/", login_required(sign_in.PasswordSetView.as_view()), name="account_set_password"),
    path("password/reset/", sign_in.PasswordResetView.as_view(), name="account_reset_password"),
    path("password/reset/done/", allauth_views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        never_cache(sign_in.PasswordResetFromKeyView.as_view()),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
