"""See the models."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from banjie.tickets.appendonly import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('dispatch', '0002_append_only'),
        ('tickets', '0005_words_apart'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('signed', models.BooleanField()),
                ('reason', models.TextField(blank=True)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tickets.ticket')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('signed', True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='receipt_refused_with_reason')],
            },
        ),
        append_only("dispatch_receipt"),
    ]
