"""Words leave the ticket's row: every change of a ticket would enter all of them into the inverted index again.

The other indexes dropped here repeat what `insight_ticket_opened`, the unique number and the identifiers already give.
"""

from __future__ import annotations

from typing import ClassVar

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("tickets", "0004_links"), ("rulebook", "0001_initial"), ("insight", "0001_report_indexes")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="SearchWords",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="tickets.ticket",
                    ),
                ),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
        ),
        migrations.RunSQL("insert into tickets_searchwords (ticket_id, words) select id, words from tickets_ticket", migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="ticket", name="ticket_words"),
        migrations.RemoveField(model_name="ticket", name="words"),
        migrations.AddIndex(
            model_name="searchwords",
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=True, fields=["words"], name="ticket_words"),
        ),
        migrations.RemoveIndex(model_name="ticket", name="ticket_opened"),
        migrations.AlterField(
            model_name="ticket",
            name="rulebook_version",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="rulebook.rulebookversion",
            ),
        ),
        migrations.AlterField(model_name="ticket", name="number", field=models.CharField(max_length=32)),
        migrations.AddConstraint(model_name="ticket", constraint=models.UniqueConstraint(fields=["number"], name="ticket_number_once")),
    ]
