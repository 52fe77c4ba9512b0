"""Addresses of the face itself; mounted at /ui/."""

from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from banjie.ui import views

app_name = "ui"
urlpatterns = [
    path("gallery", views.gallery, name="gallery"),
    path("language", require_POST(set_language), name="language"),
    path("session", views.session, name="session"),
]
