"""An active or retired version never becomes a draft again: neither its text nor who approved it can change any more."""

from typing import ClassVar

from django.db import migrations

STRICTER = """
CREATE OR REPLACE FUNCTION rulebook_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR OLD.status <> 'draft' AND (NEW.source, NEW.digest, NEW.number, NEW.rulebook_id, NEW.created_by_id)
            IS DISTINCT FROM (OLD.source, OLD.digest, OLD.number, OLD.rulebook_id, OLD.created_by_id)
        OR OLD.status IN ('active', 'retired') AND (NEW.approved_by_id, NEW.approved_at, NEW.activated_at)
            IS DISTINCT FROM (OLD.approved_by_id, OLD.approved_at, OLD.activated_at)
        OR OLD.status = 'draft' AND NEW.status NOT IN ('draft', 'proposed')
        OR OLD.status = 'proposed' AND NEW.status NOT IN ('draft', 'proposed', 'active')
        OR OLD.status = 'active' AND NEW.status NOT IN ('active', 'retired')
        OR OLD.status = 'retired' AND NEW.status <> 'retired'
    THEN
        RAISE EXCEPTION 'rulebook versions are immutable: % refused', TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("rulebook", "0002_immutable_versions")]

    operations: ClassVar = [migrations.RunSQL(STRICTER, migrations.RunSQL.noop)]
