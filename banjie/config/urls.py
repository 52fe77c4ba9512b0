"""All addresses of the site."""

from importlib.util import find_spec

from django.urls import include, path

ROOMS = {
    "": "console",
    "people/": "people",
    "calendars/": "worktime",
    "customers/": "customers",
    "rulebooks/": "rulebook",
    "insight/": "insight",
    "ui/": "ui",
}

urlpatterns = [path("accounts/", include("allauth.urls"))]
urlpatterns += [path(prefix, include(f"banjie.{room}.urls")) for prefix, room in ROOMS.items() if find_spec(f"banjie.{room}.urls")]
