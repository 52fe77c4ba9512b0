"""What a verb left behind is a dated fact: the database refuses to change or remove it (invariant 1)."""

from typing import ClassVar

from django.db import migrations

_TABLES = ("dispatch_assignment",)

REFUSE = "".join(
    f"""
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION tickets_refuse_change();
CREATE TRIGGER {table}_is_not_truncated BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION tickets_refuse_change();
"""
    for table in _TABLES
)
ALLOW = "".join(f"DROP TRIGGER {t}_is_append_only ON {t}; DROP TRIGGER {t}_is_not_truncated ON {t};" for t in _TABLES)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("dispatch", "0001_initial"), ("tickets", "0002_append_only")]

    operations: ClassVar = [migrations.RunSQL(REFUSE, ALLOW)]
