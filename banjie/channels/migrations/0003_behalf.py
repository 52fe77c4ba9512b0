"""A deputy is told for whom."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("channels", "0002_text_messages")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="notification",
            name="behalf_names",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
    ]
