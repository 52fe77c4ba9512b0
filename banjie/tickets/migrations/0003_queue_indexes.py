"""Indexes in the order of a queue: rank, then the nearest due time (none comes last), then age.

One per way into a queue: everything, a unit, a person. Each page of a queue is read in index order, whatever else exists.
The date stands for "no due time" and is written the same in `tickets.queue`.
"""

from typing import ClassVar

from django.db import migrations

_ORDER = "rank, coalesce(due_at, '9999-12-31 00:00:00+00'::timestamptz), id"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("tickets", "0002_append_only")]

    operations: ClassVar = [
        migrations.RunSQL(f"create index ticket_queue on tickets_ticket ({_ORDER}) where is_open", "drop index ticket_queue"),
        migrations.RunSQL(f"create index ticket_queue_unit on tickets_ticket (unit_id, {_ORDER}) where is_open", "drop index ticket_queue_unit"),
        migrations.RunSQL(f"create index ticket_queue_assignee on tickets_ticket (assignee_id, {_ORDER}) where is_open", "drop index ticket_queue_assignee"),
        migrations.RunSQL(f"create index ticket_queue_responsible on tickets_ticket (responsible_id, {_ORDER}) where is_open", "drop index ticket_queue_responsible"),
    ]
