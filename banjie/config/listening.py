"""Who may listen to which topic of the live-update process."""

from __future__ import annotations

from banjie.people.actor import Actor


async def may_listen(actor: Actor, topic: str) -> bool:
    """Tell whether `actor` may be told that something about `topic` has changed.

    Asked when a stream opens and again every half minute. `all` is for everybody, `member:<id>` for that member.
    """
    return topic in {"all", f"member:{actor.member_id}"}
