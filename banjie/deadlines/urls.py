"""Addresses of what units register; mounted at /registrations/."""

from django.urls import path

from banjie.deadlines import views

app_name = "deadlines"
urlpatterns = [
    path("", views.registrations, name="registrations"),
    path("units/<int:unit_id>", views.unit, name="unit"),
]
