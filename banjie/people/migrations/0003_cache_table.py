"""Create the table of the database cache, which holds the sign-in rate limits.

It has the shape of Django's `createcachetable`, which therefore leaves it alone. Unlogged: losing it in a crash only
resets the limits.
"""

from typing import ClassVar

from django.db import migrations

CREATE = """
CREATE UNLOGGED TABLE IF NOT EXISTS cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX IF NOT EXISTS cache_expires ON cache (expires);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0002_append_only")]

    operations: ClassVar = [migrations.RunSQL(CREATE, "DROP TABLE IF EXISTS cache")]
