"""Events are append-only, tickets are never deleted, and what identifies a ticket never changes (invariants 1 and 3)."""

from typing import ClassVar

from django.db import migrations

_PROTECTED = ("tickets_event", "tickets_seal", "tickets_sealedhead")

REFUSE = """
CREATE FUNCTION tickets_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% keeps its history: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ticket_is_kept BEFORE DELETE ON tickets_ticket FOR EACH ROW EXECUTE FUNCTION tickets_refuse_change();
CREATE TRIGGER ticket_keeps_identity BEFORE UPDATE OF id, number, opened_at, rulebook_version_id, type, responsible_id, opened_by_id ON tickets_ticket
    FOR EACH ROW EXECUTE FUNCTION tickets_refuse_change();
CREATE TRIGGER ticket_is_not_truncated BEFORE TRUNCATE ON tickets_ticket FOR EACH STATEMENT EXECUTE FUNCTION tickets_refuse_change();
""" + "".join(
    f"""
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION tickets_refuse_change();
CREATE TRIGGER {table}_is_not_truncated BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION tickets_refuse_change();
"""
    for table in _PROTECTED
)

ALLOW = (
    "".join(f"DROP TRIGGER {t}_is_append_only ON {t}; DROP TRIGGER {t}_is_not_truncated ON {t};" for t in _PROTECTED)
    + "DROP TRIGGER ticket_is_kept ON tickets_ticket; DROP TRIGGER ticket_keeps_identity ON tickets_ticket; "
    "DROP TRIGGER ticket_is_not_truncated ON tickets_ticket; DROP FUNCTION tickets_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("tickets", "0001_initial")]

    operations: ClassVar = [migrations.RunSQL(REFUSE, ALLOW)]
