"""A link ends instead of disappearing; of two tickets one link at a time holds."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Greatest, Least

KEEP = """
CREATE TRIGGER link_is_kept BEFORE DELETE ON tickets_link FOR EACH ROW EXECUTE FUNCTION tickets_refuse_change();
CREATE TRIGGER link_is_not_truncated BEFORE TRUNCATE ON tickets_link FOR EACH STATEMENT EXECUTE FUNCTION tickets_refuse_change();
CREATE TRIGGER link_keeps_identity BEFORE UPDATE OF id, source_id, target_id, kind, at, by_name ON tickets_link
    FOR EACH ROW EXECUTE FUNCTION tickets_refuse_change();
CREATE TRIGGER link_ends_once BEFORE UPDATE ON tickets_link FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL)
    EXECUTE FUNCTION tickets_refuse_change();
"""
FORGET = "".join(
    f"DROP TRIGGER {name} ON tickets_link;" for name in ("link_is_kept", "link_is_not_truncated", "link_keeps_identity", "link_ends_once")
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("tickets", "0003_queue_indexes")]

    operations: ClassVar = [
        migrations.RemoveConstraint(model_name="link", name="link_once"),
        migrations.AddField(model_name="link", name="ended_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="link", name="ended_by_name", field=models.CharField(blank=True, max_length=80, default=""), preserve_default=False
        ),
        migrations.AddField(model_name="link", name="ended_reason", field=models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AlterField(
            model_name="link",
            name="kind",
            field=models.CharField(choices=[("child", "Child of"), ("repeat", "Repeat of"), ("related", "Related to")], max_length=10),
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.UniqueConstraint(
                Least("source", "target"), Greatest("source", "target"), condition=Q(ended_at=None), name="link_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.CheckConstraint(
                condition=Q(ended_at=None, ended_by_name="", ended_reason="") | (Q(ended_at__isnull=False) & ~Q(ended_reason="")),
                name="link_ends_with_reason",
            ),
        ),
        migrations.RunSQL(KEEP, FORGET),
    ]
