"""allauth's addresses, those that take something replaced by ours. No namespace: allauth asks for them by name."""

from django.contrib.auth.decorators import login_required
from django.urls import include, path, re_path
from django.views.decorators.cache import never_cache

from community.accounts.views import entrance

urlpatterns = [
    path("login/", entrance.LoginView.as_view(), name="account_login"),
    path("signup/", entrance.SignupView.as_view(), name="account_signup"),
    path("email/", login_required(entrance.EmailView.as_view()), name="account_email"),
    path("reauthenticate/", login_required(entrance.ReauthenticateView.as_view()), name="account_reauthenticate"),
    path("password/change/", login_required(entrance.PasswordChangeView.as_view()), name="account_change_password"),
    path("password/set/", login_required(entrance.PasswordSetView.as_view()), name="account_set_password"),
    path("password/reset/", entrance.PasswordResetView.as_view(), name="account_reset_password"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        never_cache(entrance.PasswordResetFromKeyView.as_view()),
        name="account_reset_password_from_key",
    ),
    path("", include("allauth.account.urls")),
]
