"""Who got a copy of a ticket; a fact that nobody changes."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from banjie.tickets.appendonly import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar = [("tickets", "0005_words_apart"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Copy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("by_name", models.CharField(max_length=80)),
                ("member", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                (
                    "ticket",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="copies", to="tickets.ticket"),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("ticket", "member"), name="copy_once")]},
        ),
        append_only("tickets_copy"),
    ]
