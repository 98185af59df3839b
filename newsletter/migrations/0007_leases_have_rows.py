from django.db import migrations, models

from newsletter.delivery.guarding import guard_deliveries


class Migration(migrations.Migration):

    dependencies = [
        ('newsletter', '0006_leases_streams_and_sums'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='delivery',
            name='delivery_leased_while_sending',
        ),
        migrations.RemoveIndex(
            model_name='delivery',
            name='delivery_claimable',
        ),
        migrations.RemoveIndex(
            model_name='delivery',
            name='delivery_leased',
        ),
        migrations.RemoveField(
            model_name='delivery',
            name='lease_until',
        ),
        migrations.RemoveField(
            model_name='delivery',
            name='lease',
        ),
        migrations.RenameField(
            model_name='delivery',
            old_name='lease_number',
            new_name='lease',
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lease__isnull', False), ('state', 'sending')), models.Q(models.Q(('state', 'sending'), _negated=True), ('lease__isnull', True)), _connector='OR'), name='delivery_leased_to_send'),
        ),
        migrations.RunPython(guard_deliveries, migrations.RunPython.noop),
    ]
