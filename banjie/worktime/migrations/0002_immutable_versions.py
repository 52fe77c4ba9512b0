"""Make calendar versions immutable in the database itself: past results name them (invariant 2).

The days of a version are written before the version's own row (its foreign key is checked at commit), so a trigger can
refuse every later day.
"""

from typing import ClassVar

from django.db import migrations

REFUSE = """
CREATE FUNCTION worktime_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% never changes: % refused; save a new version', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER calendar_version_never_changes BEFORE UPDATE OR DELETE ON worktime_calendarversion
    FOR EACH ROW EXECUTE FUNCTION worktime_refuse_change();
CREATE TRIGGER calendar_day_never_changes BEFORE UPDATE OR DELETE ON worktime_calendarday
    FOR EACH ROW EXECUTE FUNCTION worktime_refuse_change();

CREATE FUNCTION worktime_refuse_late_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM worktime_calendarversion WHERE id = NEW.version_id) THEN
        RAISE EXCEPTION 'version % already stands: save a new one', NEW.version_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER calendar_day_comes_with_its_version BEFORE INSERT ON worktime_calendarday
    FOR EACH ROW EXECUTE FUNCTION worktime_refuse_late_day();
"""

ALLOW = """
DROP TRIGGER calendar_day_comes_with_its_version ON worktime_calendarday;
DROP FUNCTION worktime_refuse_late_day();
DROP TRIGGER calendar_day_never_changes ON worktime_calendarday;
DROP TRIGGER calendar_version_never_changes ON worktime_calendarversion;
DROP FUNCTION worktime_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("worktime", "0001_initial")]

    operations: ClassVar = [migrations.RunSQL(REFUSE, ALLOW)]
