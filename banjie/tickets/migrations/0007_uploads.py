"""Files are uploaded before the form that names them is sent: until then they belong to no ticket."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("tickets", "0006_copies")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="attachment",
            name="ticket",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="attachments", to="tickets.ticket"
            ),
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(fields=["added_at"], condition=models.Q(ticket=None), name="attachment_waiting"),
        ),
    ]
