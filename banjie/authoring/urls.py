"""Addresses of the place where rulebooks are written; mounted at /rulebooks/write/."""

from django.urls import path

from banjie.authoring import views

app_name = "authoring"
urlpatterns = [
    path("new", views.new, name="new"),
    path("panel", views.panel, name="panel"),
    path("complete", views.complete, name="complete"),
    path("all.zip", views.take_out, name="take-out"),
    path("bring", views.bring, name="bring"),
    path("<int:version_id>", views.edit, name="edit"),
    path("<int:version_id>/effect", views.impact, name="impact"),
]
