"""See the models."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from banjie.tickets.appendonly import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0005_words_apart'),
        ('verification', '0002_append_only'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='closure',
            name='kind',
            field=models.CharField(choices=[('closed', 'Closed'), ('cancelled', 'Cancelled'), ('archived', 'Archived')], max_length=10),
        ),
        migrations.CreateModel(
            name='Inspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('passed', models.BooleanField()),
                ('note', models.TextField(blank=True)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tickets.ticket')),
            ],
            options={
                'abstract': False,
            },
        ),
        append_only("verification_inspection"),
    ]
