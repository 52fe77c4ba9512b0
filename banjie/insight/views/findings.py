"""The evidence of a finding, and its correction."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from banjie.deadlines.models import Finding
from banjie.insight.proof import event_rows, finding_facts, history_rows, run_facts
from banjie.insight.queries.evidence import evidence, may_correct
from banjie.insight.verbs.correct_finding import correct_finding
from banjie.insight.views.page import ticket_url
from banjie.people.access import actor_of, needs
from banjie.people.permissions import Permission


@require_safe
@needs(Permission.INSIGHT_READ)
def finding(request: HttpRequest, finding_id: int) -> HttpResponse:
    """Show a finding with all its facts and the events around it."""
    actor = actor_of(request)
    proof = evidence(actor, finding_id)
    context: dict[str, Any] = {
        "proof": proof,
        "facts": finding_facts(proof),
        "run": run_facts(proof),
        "history": history_rows(proof),
        "events": event_rows(proof),
        "ticket_url": ticket_url(proof.ticket.number if proof.ticket else None),
        "may_correct": may_correct(actor, proof.finding),
        "outcomes": [choice for choice in Finding.Outcome.choices if choice[0] != proof.finding.outcome],
        "now": timezone.now(),
    }
    return render(request, "insight/finding.html", context)


@require_POST
@needs(Permission.INSIGHT_READ)
def finding_correct(request: HttpRequest, finding_id: int) -> HttpResponse:
    """Correct a finding."""
    sent = request.POST
    new = correct_finding(finding_id, sent.get("outcome", ""), sent.get("reason", ""), by=actor_of(request), at=timezone.now())
    messages.success(request, _("The result was corrected; the former one stays on record."))
    return redirect("insight:finding", finding_id=new.pk)
