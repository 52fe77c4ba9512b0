"""Make frozen copies immutable in the database itself: no change, no removal, no line after the copy stands (invariant 1).

The lines of a copy are written before the copy's own row (its foreign key is checked at commit), so that a trigger can
refuse every later one.
"""

from typing import ClassVar

from django.db import migrations

from banjie.tickets.appendonly import append_only

REFUSE = """
CREATE FUNCTION insight_refuse_late_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM insight_frozencopy WHERE id = NEW.copy_id) THEN
        RAISE EXCEPTION 'copy % already stands: freeze the ledger again', NEW.copy_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen_line_comes_with_its_copy BEFORE INSERT ON insight_frozenline FOR EACH ROW EXECUTE FUNCTION insight_refuse_late_line();
"""
ALLOW = "DROP TRIGGER frozen_line_comes_with_its_copy ON insight_frozenline; DROP FUNCTION insight_refuse_late_line();"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("insight", "0002_frozen_copies"), ("tickets", "0002_append_only")]

    operations: ClassVar = [
        append_only("insight_frozencopy", "insight_frozenline", "insight_copysignature"),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
