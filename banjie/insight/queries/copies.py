"""Frozen copies: which there are, what one says, whether it is intact, and what the ledger says today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from banjie.insight.access import Scope, seen_units
from banjie.insight.frozen import counts_in_head, link_of, sha256_of, signature_link
from banjie.insight.ledgers import Counted, counted
from banjie.insight.models import CopySignature, FrozenCopy, FrozenLine
from banjie.insight.period import Period
from banjie.insight.queries.ledger import counts_in, total_in
from banjie.insight.queries.statistics import Asked
from banjie.kernel.chain import GENESIS
from banjie.kernel.errors import NotPermitted, Refused, Unseen
from banjie.people.actor import Actor
from banjie.rulebook.keeping import Freeze
from banjie.rulebook.queries import active_programs, program_of
from banjie.tickets.access import is_root

PAGE = 50
MOST_LISTED = 200
_CHUNK = 2000


class NotIntact(Refused):
    """The copy is not what was frozen: nobody puts his name under it, and nobody passes it on as the copy."""

    code = "copy-not-intact"
    default_message = gettext_lazy(
        "This copy is no longer what was frozen, so it can be neither signed nor passed on. Tell whoever runs Banjie."
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """What the ledger of the same period says today: how many tickets, and each value whose number is another: (column, value, then, now)."""

    now: int
    then: int
    lines: tuple[tuple[str, str, int, int], ...]

    @property
    def is_none(self) -> bool:
        """Tell whether the numbers are the same."""
        return self.now == self.then and not self.lines


def roles_over_all(actor: Actor, roles: list[str]) -> list[str]:
    """Return which of the roles the actor holds over the whole organisation: a copy is of all units' tickets."""
    held = {grant.role for grant in actor.grants if not grant.own_only and is_root(grant.unit_path)}
    return [role for role in roles if role in held]


def may_read_copies(actor: Actor) -> bool:
    """Tell whether the actor reads the figures of the whole organisation, and so its frozen copies."""
    try:
        return any(is_root(unit.path) for unit in seen_units(actor))
    except NotPermitted:
        return False


def copies_of(actor: Actor, book: str, ledger: str) -> QuerySet[FrozenCopy]:
    """Return the copies of a ledger, the latest period and number first.

    Raises:
        NotPermitted: the actor does not read the figures of the whole organisation.
    """
    if not may_read_copies(actor):
        raise NotPermitted
    found = FrozenCopy.objects.filter(book=book, ledger=ledger).select_related("rulebook_version").prefetch_related("signatures")
    return found.order_by("-first", "-number")[:MOST_LISTED]


def get_copy(actor: Actor, copy_id: int) -> FrozenCopy:
    """Return a copy.

    Raises:
        Unseen: there is none, or the actor does not read the figures of the whole organisation.
    """
    copy = FrozenCopy.objects.select_related("rulebook_version").filter(pk=copy_id).first() if may_read_copies(actor) else None
    if copy is None:
        raise Unseen
    return copy


def freeze_of(copy: FrozenCopy) -> Freeze:
    """Return what the rulebook says of freezing, in the version under which the copy was frozen."""
    freeze = program_of(copy.rulebook_version_id).book.ledgers[copy.ledger].freeze
    assert freeze is not None  # it was frozen under it
    return freeze


def signatures_of(copy: FrozenCopy) -> list[CopySignature]:
    """Return the signatures of a copy as they are now, the first one first."""
    return list(CopySignature.objects.filter(copy=copy).order_by("pk"))


def roles_missing(copy: FrozenCopy, signatures: Iterable[CopySignature]) -> list[str]:
    """Return the roles of which nobody has signed yet."""
    signed = {one.role for one in signatures}
    return [role for role in freeze_of(copy).signed_by if role not in signed]


def cells_of_copy(copy: FrozenCopy, *, after: int = 0, limit: int = PAGE) -> list[tuple[int, list[Any]]]:
    """Return lines of a copy after a place: (place, cells), up to one more than `limit`."""
    return list(FrozenLine.objects.filter(copy=copy, seq__gt=after).order_by("seq").values_list("seq", "cells")[: limit + 1])


def lines_of(copy: FrozenCopy) -> Iterator[list[Any]]:
    """Yield the cells of all lines, in their order."""
    return FrozenLine.objects.filter(copy=copy).order_by("seq").values_list("cells", flat=True).iterator(chunk_size=_CHUNK)


def problems_of(copy: FrozenCopy) -> list[str]:
    """Return what is wrong with a copy by itself: its content, its number of lines, its signatures. The chain of all copies is `verify_copies`."""
    wrong = []
    if sha256_of(copy.head, lines_of(copy)) != copy.sha256:
        wrong.append("its content does not have the digest that was signed")
    if FrozenLine.objects.filter(copy=copy).count() != copy.rows:
        wrong.append("lines are missing or were added")
    previous = FrozenCopy.objects.filter(pk__lt=copy.pk).order_by("-pk").values_list("digest", flat=True).first()
    if link_of(copy, bytes(previous) if previous is not None else GENESIS) != bytes(copy.digest):
        wrong.append("it was changed, or the copy before it, or the key is another")
    last = bytes(copy.digest)
    for signature in signatures_of(copy):
        if signature.sha256 != copy.sha256 or signature_link(signature, last) != bytes(signature.digest):
            wrong.append(f"the signature of {signature.member_name} was changed, or one before it is missing")
        last = bytes(signature.digest)
    return wrong


def must_be_intact(copy: FrozenCopy) -> None:
    """Refuse a copy that was tampered with.

    Raises:
        NotIntact: it is not what was frozen.
    """
    if problems_of(copy):
        raise NotIntact


def difference(copy: FrozenCopy) -> Difference | None:
    """Return what the ledger says of the same period today; None when the rulebook keeps it no longer, or counts it otherwise."""
    program = next((one for one in active_programs() if one.slug == copy.book), None)
    ledger = program.book.ledgers.get(copy.ledger) if program else None
    if program is None or ledger is None:
        return None
    asked = Asked(copy.book, Period(copy.first, copy.last))
    now = counted(program, counts_in(Scope(None), asked, ledger)) if ledger.count_by else []
    return Difference(total_in(Scope(None), asked, ledger), copy.rows, tuple(_other(counts_in_head(copy.head), now)))


def _other(then: list[Counted], now: list[Counted]) -> Iterator[tuple[str, str, int, int]]:
    today = {one.column: one for one in now}
    for before in then:
        if before.column not in today:
            continue
        had = {value: (title, n) for value, title, n in before.lines}
        has = {value: (title, n) for value, title, n in today[before.column].lines}
        for value in dict.fromkeys([*had, *has]):
            (title, first), (other, second) = had.get(value, ("", 0)), has.get(value, ("", 0))
            if first != second:
                yield before.title, title or other, first, second
