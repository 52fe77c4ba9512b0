"""See the models."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from banjie.tickets.appendonly import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0002_append_only'),
        ('tickets', '0005_words_apart'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Addition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('note', models.TextField()),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tickets.ticket')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('note', ''), _negated=True), name='addition_says_something')],
            },
        ),
        append_only("intake_addition"),
    ]
