"""Addresses of the reports; mounted at /insight/."""

from django.urls import path

from banjie.insight.views import clauses, findings, ledgers, statistics

app_name = "insight"
urlpatterns = [
    path("", statistics.overview, name="overview"),
    path("statistics.xlsx", statistics.overview_export, name="overview_export"),
    path("clauses", clauses.clauses, name="clauses"),
    path("ledgers", ledgers.ledgers, name="ledgers"),
    path("ledgers.xlsx", ledgers.ledgers_export, name="ledgers_export"),
    path("breaches", clauses.breaches, name="breaches"),
    path("breaches.xlsx", clauses.breaches_export, name="breaches_export"),
    path("findings/<int:finding_id>", findings.finding, name="finding"),
    path("findings/<int:finding_id>/correct", findings.finding_correct, name="finding_correct"),
]
