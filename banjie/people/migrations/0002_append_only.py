"""Make the administration log append-only in the database itself (invariant 1)."""

from typing import ClassVar

from django.db import migrations

REFUSE = """
CREATE FUNCTION people_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER admin_event_is_append_only BEFORE UPDATE OR DELETE ON people_adminevent
    FOR EACH ROW EXECUTE FUNCTION people_refuse_change();
"""

ALLOW = """
DROP TRIGGER admin_event_is_append_only ON people_adminevent;
DROP FUNCTION people_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0001_initial")]

    operations: ClassVar = [migrations.RunSQL(REFUSE, ALLOW)]
