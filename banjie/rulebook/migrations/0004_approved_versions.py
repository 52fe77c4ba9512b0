"""An approved version may wait for its day: its text stands, and it goes back to a draft or on to work."""

from typing import ClassVar

from django.db import migrations, models

KEEP = """
CREATE OR REPLACE FUNCTION rulebook_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR OLD.status <> 'draft' AND (NEW.source, NEW.digest, NEW.number, NEW.rulebook_id, NEW.created_by_id)
            IS DISTINCT FROM (OLD.source, OLD.digest, OLD.number, OLD.rulebook_id, OLD.created_by_id)
        OR OLD.status IN ('active', 'retired') AND (NEW.approved_by_id, NEW.approved_at, NEW.activated_at, NEW.starts_at)
            IS DISTINCT FROM (OLD.approved_by_id, OLD.approved_at, OLD.activated_at, OLD.starts_at)
        OR OLD.status = 'draft' AND NEW.status NOT IN ('draft', 'proposed')
        OR OLD.status = 'proposed' AND NEW.status NOT IN ('draft', 'proposed', 'approved', 'active')
        OR OLD.status = 'approved' AND NEW.status NOT IN ('draft', 'approved', 'active')
        OR OLD.status = 'approved' AND NEW.status <> 'draft' AND (NEW.approved_by_id, NEW.approved_at, NEW.starts_at)
            IS DISTINCT FROM (OLD.approved_by_id, OLD.approved_at, OLD.starts_at)
        OR OLD.status = 'active' AND NEW.status NOT IN ('active', 'retired')
        OR OLD.status = 'retired' AND NEW.status <> 'retired'
    THEN
        RAISE EXCEPTION 'rulebook versions are immutable: % refused', TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
_STATES = [
    ("draft", "Draft"),
    ("proposed", "Waiting for approval"),
    ("approved", "Approved, not in force yet"),
    ("active", "Active"),
    ("retired", "Retired"),
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("rulebook", "0003_versions_only_go_forward")]

    operations: ClassVar = [
        migrations.AddField("rulebookversion", "starts_at", models.DateTimeField(null=True)),
        migrations.AlterField("rulebookversion", "status", models.CharField(choices=_STATES, default="draft", max_length=10)),
        migrations.AddConstraint(
            "rulebookversion",
            models.UniqueConstraint(fields=["rulebook"], condition=models.Q(status="approved"), name="rulebook_one_approved_version"),
        ),
        migrations.AddConstraint(
            "rulebookversion",
            models.CheckConstraint(
                condition=~models.Q(status="approved") | models.Q(approved_at__isnull=False, starts_at__isnull=False),
                name="rulebook_approved_has_date",
            ),
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
    ]
