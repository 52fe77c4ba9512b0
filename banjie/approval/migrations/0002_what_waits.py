"""Find what waits for signatures, and what somebody has signed."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approval', '0001_initial'),
        ('tickets', '0005_words_apart'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='signature',
            index=models.Index(fields=['by', '-id'], name='signature_of_signer'),
        ),
        # Few tickets are in approval at a time; this room alone asks for all of them.
        migrations.RunSQL(
            "create index ticket_in_approval on tickets_ticket (entered_at, id) where is_open and stage = 1",
            "drop index ticket_in_approval",
        ),
    ]
