"""Verify every frozen copy: content, chain, signatures, and that none is missing of those that the administration log tells of."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import QuerySet

from banjie.insight.models import CopySignature, FrozenCopy
from banjie.insight.queries.copies import problems_of
from banjie.people.models import AdminEvent

MOST = 200


@dataclass
class CopiesVerdict:
    """What verification found; `problems` are at most MOST sentences."""

    copies: int = 0
    signatures: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.problems

    def wrong(self, text: str) -> None:
        """Note a problem."""
        if len(self.problems) < MOST:
            self.problems.append(text)


def verify_copies() -> CopiesVerdict:
    """Verify all frozen copies and their signatures (invariant 1)."""
    verdict = CopiesVerdict()
    verdict.signatures = CopySignature.objects.count()
    for copy in FrozenCopy.objects.order_by("pk").iterator(chunk_size=100):
        verdict.copies += 1
        for problem in problems_of(copy):
            verdict.wrong(f"frozen copy {copy}: {problem}")
    _compare_with_log(verdict)
    return verdict


def _compare_with_log(verdict: CopiesVerdict) -> None:
    """Compare with the administration log: the last copies or signatures, cut off with everything, leave no gap in the chain."""
    copies = dict(FrozenCopy.objects.values_list("pk", "sha256"))
    for event in _told("ledger.frozen"):
        if copies.get(event.detail["copy"]) != event.detail["sha256"]:
            verdict.wrong(f"frozen copy {event.subject}: the log of {event.at:%F} tells of another, or it is missing")
    signed = set(CopySignature.objects.values_list("copy_id", "member_id", "sha256"))
    for event in _told("ledger.signed"):
        if (event.detail["copy"], event.member_id, event.detail["sha256"]) not in signed:
            verdict.wrong(f"frozen copy {event.subject}: the signature of {event.actor_name}, told by the log of {event.at:%F}, is missing")


def _told(kind: str) -> QuerySet[AdminEvent]:
    return AdminEvent.objects.filter(kind=kind).order_by("pk")
