"""Carries what is under way into the tables of 0005. Loses nothing: a batch in hand is settled by recovery as unknown."""

import datetime as dt
import secrets

from django.db import migrations
from django.db.models import Count, Max, Min

LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def carry_over(apps, _schema_editor):
    Delivery, Mailing = apps.get_model("newsletter", "Delivery"), apps.get_model("newsletter", "Mailing")
    _leases(Delivery, apps.get_model("newsletter", "Lease"))
    waiting = Delivery.objects.filter(state__in=["queued", "deferred"])
    Delivery.objects.exclude(pk__in=waiting.values("pk")).update(due_at=None)
    waiting.filter(state="queued", attempts=0).update(due_at=None)
    Stream, Tally = apps.get_model("newsletter", "Stream"), apps.get_model("newsletter", "Tally")
    Stream.objects.bulk_create(Stream(mailing=mailing, provider="") for mailing in Mailing.objects.all())
    sums = Delivery.objects.order_by().values("mailing_id", "provider", "state").annotate(change=Count("id"))
    Tally.objects.bulk_create(Tally(**row, at=LONG_AGO, writer=0) for row in sums)


def _leases(Delivery, Lease):
    """Each old lease becomes a row that has run out already; its journal page has another name and so counts as lost."""
    leased = Delivery.objects.filter(state="sending").order_by().values("lease", "mailing_id")
    for old in leased.annotate(first=Min("id"), last=Max("id"), until=Min("lease_until")):
        number = secrets.randbits(63)
        Lease.objects.create(
            id=number, mailing_id=old["mailing_id"], until=old["until"], first_id=old["first"], last_id=old["last"]
        )
        held = Delivery.objects.filter(state="sending", lease=old["lease"], mailing_id=old["mailing_id"])
        held.update(lease_number=number)


class Migration(migrations.Migration):

    dependencies = [
        ('newsletter', '0005_what_a_million_rows_need'),
    ]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]
