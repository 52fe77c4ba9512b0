"""Findings are append-only: a correction is a new row (invariant 2)."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("deadlines", "0001_initial"), ("tickets", "0002_append_only")]

    operations: ClassVar = [
        migrations.RunSQL(
            "CREATE TRIGGER finding_is_append_only BEFORE UPDATE OR DELETE ON deadlines_finding FOR EACH ROW EXECUTE FUNCTION tickets_refuse_change();"
            "CREATE TRIGGER finding_is_not_truncated BEFORE TRUNCATE ON deadlines_finding FOR EACH STATEMENT EXECUTE FUNCTION tickets_refuse_change();",
            "DROP TRIGGER finding_is_append_only ON deadlines_finding; DROP TRIGGER finding_is_not_truncated ON deadlines_finding;",
        )
    ]
