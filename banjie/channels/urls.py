"""Addresses of the text messages; mounted at /text-messages/."""

from django.urls import path

from banjie.channels import views

app_name = "channels"
urlpatterns = [
    path("", views.texts, name="texts"),
    path("<int:message_id>/retry", views.text_retry, name="text_retry"),
]
