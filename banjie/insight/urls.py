"""Addresses of the reports; mounted at /insight/."""

from django.urls import path

from banjie.insight.views import clauses, copies, findings, ledgers, statistics

app_name = "insight"
urlpatterns = [
    path("", statistics.overview, name="overview"),
    path("statistics.xlsx", statistics.overview_export, name="overview_export"),
    path("clauses", clauses.clauses, name="clauses"),
    path("ledgers", ledgers.ledgers, name="ledgers"),
    path("ledgers.xlsx", ledgers.ledgers_export, name="ledgers_export"),
    path("ledgers/<slug:book>/<slug:ledger>/copies", copies.copies, name="copies"),
    path("copies/to-sign", copies.to_sign, name="copies_to_sign"),
    path("ledgers/<slug:book>/<slug:ledger>/freeze", copies.freeze, name="freeze"),
    path("copies/<int:copy_id>", copies.copy, name="copy"),
    path("copies/<int:copy_id>/sign", copies.sign, name="copy_sign"),
    path("copies/<int:copy_id>.pdf", copies.copy_print, name="copy_print"),
    path("copies/<int:copy_id>.xlsx", copies.copy_export, name="copy_export"),
    path("copies/<int:copy_id>.jsonl", copies.copy_file, name="copy_file"),
    path("breaches", clauses.breaches, name="breaches"),
    path("breaches.xlsx", clauses.breaches_export, name="breaches_export"),
    path("findings/<int:finding_id>", findings.finding, name="finding"),
    path("findings/<int:finding_id>/correct", findings.finding_correct, name="finding_correct"),
]
