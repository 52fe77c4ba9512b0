"""All addresses of the site."""

from importlib.util import find_spec

from django.urls import include, path

from banjie.config.api import api

ROOMS = {
    "": "console",
    "approvals/": "approval",
    "people/": "people",
    "text-messages/": "channels",
    "registrations/": "deadlines",
    "calendars/": "worktime",
    "customers/": "customers",
    "rulebooks/": "rulebook",
    "rulebooks/write/": "authoring",
    "insight/": "insight",
    "ui/": "ui",
}

urlpatterns = [path("accounts/", include("banjie.people.account_urls")), path("api/v1/", api.urls)]
urlpatterns += [path(prefix, include(f"banjie.{room}.urls")) for prefix, room in ROOMS.items() if find_spec(f"banjie.{room}.urls")]

handler400 = "banjie.ui.views.bad_request"
handler403 = "banjie.ui.views.forbidden"
handler404 = "banjie.ui.views.not_found"
handler500 = "banjie.ui.views.broken"
