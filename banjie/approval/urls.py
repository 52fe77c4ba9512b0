"""Addresses of sign-offs; mounted at /approvals/."""

from django.urls import path

from banjie.approval import views

app_name = "approval"
urlpatterns = [
    path("", views.waiting, name="inbox"),
    path("signed", views.signed, name="signed"),
    path("applied", views.applied, name="applied"),
    path("count", views.count, name="count"),
]
