"""For migrations: make the rows of a table facts that nobody changes (invariant 1)."""

from __future__ import annotations

from django.db import migrations


def append_only(*tables: str) -> migrations.RunSQL:
    """Return the operation that makes the database refuse UPDATE, DELETE and TRUNCATE of these tables."""
    refuse = "".join(
        f"CREATE TRIGGER {t}_is_append_only BEFORE UPDATE OR DELETE ON {t} FOR EACH ROW EXECUTE FUNCTION tickets_refuse_change();"
        f"CREATE TRIGGER {t}_is_not_truncated BEFORE TRUNCATE ON {t} FOR EACH STATEMENT EXECUTE FUNCTION tickets_refuse_change();"
        for t in tables
    )
    allow = "".join(f"DROP TRIGGER {t}_is_append_only ON {t}; DROP TRIGGER {t}_is_not_truncated ON {t};" for t in tables)
    return migrations.RunSQL(refuse, allow)
