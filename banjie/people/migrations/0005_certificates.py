"""See the models."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0004_delegation'),
    ]

    operations = [
        migrations.CreateModel(
            name='Course',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True)),
                ('title', models.CharField(max_length=120)),
                ('pass_mark', models.PositiveSmallIntegerField()),
                ('valid_days', models.PositiveIntegerField(null=True)),
                ('examiner', models.CharField(max_length=40)),
            ],
        ),
        migrations.AddField(
            model_name='role',
            name='certificate',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.CreateModel(
            name='Examination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('score', models.PositiveSmallIntegerField()),
                ('passed', models.BooleanField()),
                ('held_on', models.DateField()),
                ('at', models.DateTimeField()),
                ('by_name', models.CharField(max_length=80)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='examinations', to='people.course')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='examinations', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issued_at', models.DateTimeField(null=True)),
                ('valid_until', models.DateTimeField(null=True)),
                ('waiver_reason', models.TextField(blank=True)),
                ('approved_by_name', models.CharField(blank=True, max_length=80)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('revoked_reason', models.TextField(blank=True)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to=settings.AUTH_USER_MODEL)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='people.course')),
                ('examination', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='certificate', to='people.examination')),
            ],
        ),
        migrations.AddConstraint(
            model_name='examination',
            constraint=models.UniqueConstraint(fields=('member', 'course', 'held_on'), name='examination_once_a_day'),
        ),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(fields=['member', 'course'], name='certificate_of_member'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(('examination__isnull', False), models.Q(('waiver_reason', ''), _negated=True), _connector='XOR'), name='certificate_by_examination_or_waiver'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(('waiver_reason', ''), ('issued_at', None), models.Q(('approved_by_name', ''), _negated=True), _connector='OR'), name='certificate_waiver_was_approved'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(('waiver_reason', ''), ('valid_until__isnull', False), _connector='OR'), name='certificate_waiver_ends'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(('revoked_at', None), models.Q(('revoked_reason', ''), _negated=True), _connector='OR'), name='certificate_revoked_with_reason'),
        ),
        migrations.RunSQL(
            "CREATE TRIGGER examination_is_append_only BEFORE UPDATE OR DELETE ON people_examination FOR EACH ROW EXECUTE FUNCTION people_refuse_change();",
            "DROP TRIGGER examination_is_append_only ON people_examination;",
        ),
    ]
