"""A version's text never changes once it was proposed, and no version is deleted (invariant 3)."""

from typing import ClassVar

from django.db import migrations

REFUSE = """
CREATE FUNCTION rulebook_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status <> 'draft' AND (NEW.source, NEW.digest, NEW.number, NEW.rulebook_id)
            IS DISTINCT FROM (OLD.source, OLD.digest, OLD.number, OLD.rulebook_id) THEN
        RAISE EXCEPTION 'rulebook versions are immutable: % refused', TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER version_is_kept BEFORE UPDATE OR DELETE ON rulebook_rulebookversion FOR EACH ROW EXECUTE FUNCTION rulebook_keep_version();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("rulebook", "0001_initial")]

    operations: ClassVar = [
        migrations.RunSQL(REFUSE, "DROP TRIGGER version_is_kept ON rulebook_rulebookversion; DROP FUNCTION rulebook_keep_version();")
    ]
