"""See the models."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from banjie.tickets.appendonly import append_only


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tickets', '0005_words_apart'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('signoff', models.CharField(max_length=40)),
                ('entered_at', models.DateTimeField()),
                ('role', models.CharField(max_length=40)),
                ('to_name', models.CharField(max_length=60)),
                ('reason', models.TextField()),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tickets.ticket')),
                ('to_member', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='handover_has_reason'), models.CheckConstraint(condition=models.Q(('by', models.F('to_member')), _negated=True), name='handover_to_another')],
            },
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('signoff', models.CharField(max_length=40)),
                ('entered_at', models.DateTimeField()),
                ('step', models.PositiveSmallIntegerField()),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None)),
                ('decision', models.CharField(choices=[('approved', 'Approved'), ('returned', 'Returned'), ('rejected', 'Rejected')], max_length=10)),
                ('opinion', models.TextField(blank=True)),
                ('digest', models.CharField(max_length=64)),
                ('behalf_name', models.CharField(blank=True, max_length=60)),
                ('behalf_of', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tickets.ticket')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('decision', 'approved'), models.Q(('opinion', ''), _negated=True), _connector='OR'), name='signature_refused_with_reason'), models.CheckConstraint(condition=models.Q(('behalf_of', None), models.Q(('behalf_of', models.F('by')), _negated=True), _connector='OR'), name='signature_on_behalf_of_another')],
            },
        ),
        append_only("approval_signature", "approval_handover"),
    ]
