"""Addresses of the rulebooks' pages; mounted at /rulebooks/."""

from django.urls import path

from banjie.rulebook import views

app_name = "rulebook"
urlpatterns = [
    path("", views.rulebooks, name="list"),
    path("schema.json", views.schema, name="schema"),
    path("<int:version_id>/", views.version, name="version"),
    path("<int:version_id>/propose", views.propose_version, name="propose"),
    path("<int:version_id>/activate", views.activate_version, name="activate"),
    path("<int:version_id>/return", views.return_version, name="return"),
    path("<int:version_id>/rulebook.yaml", views.download, name="download"),
]
