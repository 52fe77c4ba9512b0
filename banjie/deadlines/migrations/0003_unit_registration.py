"""See the models."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from banjie.tickets.appendonly import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('deadlines', '0002_append_only'),
        ('people', '0005_certificates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='UnitRegistration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('book', models.CharField(max_length=60)),
                ('limits', models.JSONField(default=dict)),
                ('texts', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('by_name', models.CharField(max_length=80)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['book', 'unit', '-id'], name='registration_latest')],
            },
        ),
        append_only("deadlines_unitregistration"),
    ]
