"""The histories that the filler writes: which events lead to which state, how long after the opening, and by whom."""

from __future__ import annotations

# Per family of types: state -> share of the open tickets.
OPEN_SHARES = {"registered": 15, "at_second_level": 10, "unprocessed": 30, "appointed": 28, "uncompleted": 10, "completed": 7}
ENDED_SHARES = {"closed": 90, "cancelled": 10}

_ACCEPT = ("accept", "opened", "", "", "registered", 0, "opener")
_RELAY = ("dispatch", "action", "relay", "registered", "at_second_level", 6, "opener")
_DISPATCH = ("dispatch", "action", "direct", "registered", "unprocessed", 5, "opener")
_BOOK = ("book", "action", "", "unprocessed", "appointed", 90, "assignee")
_START = ("start", "action", "", "appointed", "appointed", 600, "assignee")
_BLOCK = ("report_blocked", "action", "", "appointed", "uncompleted", 630, "assignee")
_COMPLETE = ("complete", "action", "", "appointed", "completed", 660, "assignee")
_CALL = ("call_back", "action", "satisfied", "completed", "closed", 1900, "opener")
_CANCEL = ("cancel", "action", "", "registered", "cancelled", 30, "opener")

# State -> (action, kind, outcome, from, to, minutes after the opening, who).
PATHS = {
    "registered": (_ACCEPT,),
    "at_second_level": (_ACCEPT, _RELAY),
    "unprocessed": (_ACCEPT, _DISPATCH),
    "appointed": (_ACCEPT, _DISPATCH, _BOOK),
    "uncompleted": (_ACCEPT, _DISPATCH, _BOOK, _START, _BLOCK),
    "completed": (_ACCEPT, _DISPATCH, _BOOK, _START, _COMPLETE),
    "closed": (_ACCEPT, _DISPATCH, _BOOK, _START, _COMPLETE, _CALL),
    "cancelled": (_ACCEPT, _CANCEL),
}
# State -> clocks that run in it: name, clause, minutes allowed, warned at this share of it.
CLOCKS = {
    "registered": (("passed_on", "五.3", 10, None), ("dispatched", "五.3", 10, 0.7)),
    "at_second_level": (("dispatched", "五.3", 10, 0.7),),
    "unprocessed": (("handled", "五.4", 2880, 0.8),),
    "appointed": (("handled", "五.4", 2880, 0.8), ("visited", "一.5", 1440, None)),
    "uncompleted": (("handled", "五.4", 2880, 0.8),),
    "completed": (("file_away", "四", 10080, None),),
}
TYPES = ("consumables", "install_remove_replace", "information_change", "document_collection", "routine_inspection")


def drawn(shares: dict[str, int]) -> str:
    """Return an SQL expression that turns `r`, a number from 0 to 1, into a state."""
    total, upto, cases = sum(shares.values()), 0, []
    for state, share in shares.items():
        upto += share
        cases.append(f"when r < {upto / total} then '{state}'")
    return f"case {' '.join(cases)} else '{list(shares)[-1]}' end"
