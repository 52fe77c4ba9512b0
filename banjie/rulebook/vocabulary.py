"""The verbs that a rulebook may use, and what each demands.

Implementations live in the rooms of the stream (intake, dispatch, handling, verification); an architecture test keeps
both sides equal. What a verb demands cannot be configured away (invariant 8): `check` refuses an action that leaves a
demand out, and the verb refuses an empty value.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VerbSpec:
    """What `check` must know of a verb.

    `demands` are fields that the action must need; `outcomes` the keys that `to` may map, and `must_move` those for
    which `to` must name a state; `opens` verbs create the ticket; `automatic` verbs may be done by a timer. What a verb that
    `keeps` asks becomes part of the ticket's own record; other forms stay in the timeline. Verbs that `signs` need a
    sign-off, and whom it asks may do them.
    """

    meaning: str
    room: str
    demands: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    must_move: tuple[str, ...] = ()
    opens: bool = False
    moves: bool = False
    automatic: bool = False
    needs_match: bool = False
    needs_tell: bool = False
    keeps: bool = False
    signs: bool = False


VERBS: dict[str, VerbSpec] = {
    "accept": VerbSpec("Take a request and open the ticket", "intake", opens=True, keeps=True),
    "guide": VerbSpec(
        "Try to solve by phone and record how it went",
        "intake",
        demands=("guided", "guidance"),
        outcomes=("solved", "failed"),
        must_move=("solved", "failed"),
    ),
    "register": VerbSpec("Enter or correct the details", "intake", keeps=True),
    "dispatch": VerbSpec(
        "Send the ticket to a person, or to the unit that will choose one",
        "dispatch",
        outcomes=("direct", "relay"),
        must_move=("direct",),
        needs_match=True,
    ),
    "send_back": VerbSpec(
        "Give a dispatched ticket back to those who dispatch, with a reason", "dispatch", demands=("reason",), moves=True
    ),
    "transfer": VerbSpec("Hand the ticket to another person, with a reason", "dispatch", demands=("reason",), needs_match=True),
    "acknowledge": VerbSpec("Confirm that the dispatch was read and understood", "handling"),
    "book": VerbSpec("Agree a visit with the customer", "handling", demands=("visit_at", "agreed_with"), moves=True),
    "miss": VerbSpec("Record a missed visit and agree another", "handling", demands=("reason", "visit_at", "agreed_with")),
    "start": VerbSpec("Begin the work", "handling"),
    "report_blocked": VerbSpec(
        "Report work done but blocked on the customer's or bank's side", "handling", demands=("blocked_side", "blocked_reason"), moves=True
    ),
    "complete": VerbSpec("Report that the need is completely solved", "handling", demands=("result", "fully_solved"), moves=True),
    "urge": VerbSpec("Remind whoever works the ticket", "handling", automatic=True),
    "supervise": VerbSpec("Follow a ticket formally from above", "handling", demands=("note",)),
    "comment": VerbSpec("Add a remark", "handling", demands=("note",)),
    "call_back": VerbSpec(
        "Ask the customer whether it is solved",
        "verification",
        demands=("reached",),
        outcomes=("satisfied", "dissatisfied", "unreachable"),
        must_move=("satisfied", "dissatisfied"),
    ),
    "verify": VerbSpec("Check an open ticket with the customer or the engineer", "verification", demands=("verified",)),
    "close": VerbSpec("End the ticket", "verification", moves=True, automatic=True),
    "reopen": VerbSpec("Put an ended ticket back to work, with a reason", "verification", demands=("reason",), moves=True),
    "cancel": VerbSpec("Withdraw the ticket, with a reason", "verification", demands=("reason",), moves=True),
    "sign": VerbSpec("Sign for a dispatched ticket: it is ours", "dispatch", moves=True),
    "refuse": VerbSpec("Refuse to sign for a ticket that is not ours", "dispatch", demands=("reason",), moves=True),
    "append": VerbSpec("Add what the customer says on a repeated contact, and urge whoever works the ticket", "intake", demands=("note",)),
    "classify": VerbSpec("Fix class and level", "intake", keeps=True),
    "escalate": VerbSpec("Report upward and ask for support", "handling", demands=("reason",), needs_tell=True),
    "progress": VerbSpec("Say how far it is", "handling", demands=("note",)),
    "record": VerbSpec("Record a step of the procedure, with what it needs", "handling", keeps=True),
    "extend": VerbSpec("Grant more time on a running limit", "handling", demands=("reason",)),
    "charge": VerbSpec("Take or give back money", "handling", demands=("amount",)),
    "inspect": VerbSpec(
        "Check on the spot whether it is right",
        "verification",
        demands=("finding",),
        outcomes=("passed", "failed"),
        must_move=("passed", "failed"),
    ),
    "archive": VerbSpec("File the ended ticket", "verification", moves=True),
    "approve": VerbSpec(
        "Sign off, or return with a reason",
        "approval",
        demands=("decision",),
        outcomes=("approved", "returned", "rejected"),
        must_move=("approved", "returned"),
        signs=True,
    ),
    "hand_over": VerbSpec("Let another person sign in one's stead, with a reason", "approval", demands=("signer", "reason"), signs=True),
    "withdraw": VerbSpec("Take back what waits for signatures", "approval", moves=True),
}
