"""The explanation as one file that opens anywhere: for the command line, and to send round for comment."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.translation import get_language

from banjie.rulebook.check import Report
from banjie.rulebook.explain.page import explain


def standalone_page(report: Report) -> str:
    """Return the explanation of a checked book as a complete HTML page without any other file."""
    context = {"page": explain(report), "language": get_language() or "zh-hans"}
    return render_to_string("rulebook/standalone.html", context)
