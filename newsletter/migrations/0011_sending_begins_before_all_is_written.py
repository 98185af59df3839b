from django.db import migrations, models
from django.db.models import F


def say_what_is_written(apps, _schema_editor):
    """Until now sending began once all rows were written."""
    apps.get_model("newsletter", "Mailing").objects.filter(prepared_at=None).update(prepared_at=F("started_at"))


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0010_when_it_is_sent")]

    operations = [
        migrations.AddField(
            model_name="mailing",
            name="prepared_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="When the last row was written; sending begins before.",
                null=True,
            ),
        ),
        migrations.RunPython(say_what_is_written, migrations.RunPython.noop),
    ]
