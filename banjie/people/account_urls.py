"""Addresses of allauth that we use, under the names it knows; mounted at /accounts/.

Sign-up, e-mail addresses and its own password pages are left out: members are created by an administrator, and a
password is changed on our page, which ends the obligation to change it.
"""

from allauth.account import views as allauth
from django.urls import include, path
from django.views.generic import RedirectView

from banjie.people.views import start

urlpatterns = [
    path("login/", start.sign_in, name="account_login"),
    path("logout/", allauth.logout, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("password/", RedirectView.as_view(pattern_name="people:password"), name="account_change_password"),
    path("second-factor/", include("allauth.mfa.urls")),
]
