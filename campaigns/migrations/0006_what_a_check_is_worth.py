import campaigns.helplines.countries
import campaigns.helplines.dialling
import campaigns.helplines.languages
import datetime
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


def keep_the_promise(apps, schema_editor):
    """No constraint below meets a row that it would refuse: what promised too long is looked at in time, what names no
    source or no review was never verified."""
    helplines = apps.get_model('campaigns', 'Helpline').objects
    helplines.filter(source_url='').update(verified_on=None, review_by=None, verified_by=None)
    helplines.filter(review_by=None).update(verified_on=None, verified_by=None)
    for line in helplines.filter(verified_on__isnull=False).only('verified_on', 'review_by'):
        latest = line.verified_on + datetime.timedelta(days=180)
        if line.review_by > latest:
            helplines.filter(pk=line.pk).update(review_by=latest)


def begin_the_history(apps, schema_editor):
    """The checks that are known become the first lines of the history; what exactly was checked was not kept then."""
    checks = apps.get_model('campaigns', 'HelplineCheck').objects
    verified = apps.get_model('campaigns', 'Helpline').objects.filter(verified_on__isnull=False)
    for line in verified.select_related('verified_by').order_by('pk'):
        checks.create(
            helpline_id=line.pk,
            slug=line.slug,
            what='verified',
            by_id=line.verified_by_id,
            by_name=line.verified_by.username if line.verified_by else '',
            at=datetime.datetime.combine(line.verified_on, datetime.time(), datetime.timezone.utc),
            verified_on=line.verified_on,
            review_by=line.review_by,
            source_url=line.source_url,
        )


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0005_the_awareness_calendar'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HelplineCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(verbose_name='slug')),
                ('what', models.CharField(choices=[('verified', 'verified'), ('changed', 'changed after the check'), ('stopped', 'taken out of print')], max_length=10, verbose_name='what')),
                ('by_name', models.CharField(blank=True, max_length=150, verbose_name='who')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('verified_on', models.DateField(blank=True, null=True, verbose_name='verified on')),
                ('review_by', models.DateField(blank=True, null=True, verbose_name='review by')),
                ('source_url', models.URLField(verbose_name='source')),
                ('language', models.CharField(blank=True, max_length=10, verbose_name='language')),
                ('facts', models.JSONField(default=dict, verbose_name='facts')),
            ],
            options={
                'verbose_name': 'check of a helpline',
                'verbose_name_plural': 'checks of helplines',
            },
        ),
        migrations.CreateModel(
            name='HelplineHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_day', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], verbose_name='from day')),
                ('last_day', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], verbose_name='to day')),
                ('opens', models.TimeField(verbose_name='opens')),
                ('closes', models.TimeField(verbose_name='closes')),
            ],
            options={
                'verbose_name': 'hours',
                'verbose_name_plural': 'hours',
            },
        ),
        migrations.CreateModel(
            name='HelplineReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('review_by', models.DateField()),
                ('days', models.PositiveSmallIntegerField()),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('told_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='helpline',
            name='charge',
            field=models.CharField(blank=True, choices=[('free', 'free of charge'), ('ordinary', 'at the price of an ordinary call')], help_text='Leave it open where the source says nothing.', max_length=10, verbose_name='cost'),
        ),
        migrations.AddField(
            model_name='helpline',
            name='checked_as',
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name='helpline',
            name='on_holidays',
            field=models.CharField(blank=True, choices=[('same', 'also on public holidays'), ('closed', 'not on public holidays'), ('other', 'other hours on public holidays')], max_length=10, verbose_name='public holidays'),
        ),
        migrations.AddField(
            model_name='helpline',
            name='responsible',
            field=models.ForeignKey(blank=True, help_text='Gets a letter 30 and 7 days before it falls due. Nobody: everybody who may change helplines.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='responsible'),
        ),
        migrations.AddField(
            model_name='helpline',
            name='round_the_clock',
            field=models.BooleanField(default=False, verbose_name='round the clock'),
        ),
        migrations.AddField(
            model_name='helpline',
            name='seeded_as',
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name='helpline',
            name='time_zone',
            field=models.CharField(blank=True, help_text="Only where its clock is not that of the country's capital: Atlantic/Canary …", max_length=40, validators=[campaigns.helplines.countries.known_zone], verbose_name='time zone'),
        ),
        migrations.AddField(
            model_name='helplinetext',
            name='accessibility',
            field=models.CharField(blank=True, help_text='For people who do not hear, speak or read well.', max_length=200, verbose_name='accessibility'),
        ),
        migrations.AlterField(
            model_name='helpline',
            name='chat_url',
            field=models.URLField(blank=True, validators=[django.core.validators.URLValidator(['https', 'http'], code='no_web_address', message='Write a web address that begins with https://.')], verbose_name='chat'),
        ),
        migrations.AlterField(
            model_name='helpline',
            name='country',
            field=models.CharField(help_text='ISO 3166: PL, DE …', max_length=2, validators=[django.core.validators.RegexValidator('\\A[A-Z]{2}\\Z')], verbose_name='country'),
        ),
        migrations.AlterField(
            model_name='helpline',
            name='phone',
            field=models.CharField(blank=True, max_length=30, validators=[campaigns.helplines.dialling.dialable], verbose_name='phone'),
        ),
        migrations.AlterField(
            model_name='helpline',
            name='review_by',
            field=models.DateField(blank=True, help_text='At most 180 days later; left empty, it is 180 days.', null=True, verbose_name='review by'),
        ),
        migrations.AlterField(
            model_name='helpline',
            name='slug',
            field=models.SlugField(help_text='A short name of its own, such as pl-116-111.', unique=True, verbose_name='slug'),
        ),
        migrations.AlterField(
            model_name='helpline',
            name='sms',
            field=models.CharField(blank=True, max_length=30, validators=[campaigns.helplines.dialling.dialable], verbose_name='SMS'),
        ),
        migrations.AlterField(
            model_name='helpline',
            name='source_url',
            field=models.URLField(help_text='The official page where the entry was checked.', validators=[django.core.validators.URLValidator(['https', 'http'], code='no_web_address', message='Write a web address that begins with https://.')], verbose_name='source'),
        ),
        migrations.AlterField(
            model_name='helpline',
            name='spoken_languages',
            field=campaigns.helplines.languages.LanguagesField(default=list, help_text='In which those who answer really speak, not those of the web page.', max_length=200, verbose_name='languages spoken'),
        ),
        migrations.AlterField(
            model_name='helpline',
            name='web_url',
            field=models.URLField(blank=True, validators=[django.core.validators.URLValidator(['https', 'http'], code='no_web_address', message='Write a web address that begins with https://.')], verbose_name='web page'),
        ),
        migrations.AlterField(
            model_name='helplinetext',
            name='cost',
            field=models.CharField(blank=True, help_text='What the choice cannot say.', max_length=80, verbose_name='on its cost'),
        ),
        migrations.AlterField(
            model_name='helplinetext',
            name='hours',
            field=models.CharField(blank=True, help_text='What the table of hours cannot say.', max_length=120, verbose_name='on its hours'),
        ),
        migrations.AddIndex(
            model_name='helpline',
            index=models.Index(fields=['country', 'verified_on', 'review_by'], name='helpline_by_country'),
        ),
        migrations.AddIndex(
            model_name='helpline',
            index=models.Index(fields=['review_by'], name='helpline_by_review'),
        ),
        migrations.RunPython(keep_the_promise, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name='helpline',
            name='helpline_verified_has_review',
        ),
        migrations.AddConstraint(
            model_name='helpline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('review_by__isnull', True), ('verified_on__isnull', True)), models.Q(('review_by__gte', models.F('verified_on')), ('review_by__isnull', False), ('verified_on__isnull', False)), _connector='OR'), name='helpline_verified_has_review'),
        ),
        migrations.AddConstraint(
            model_name='helpline',
            constraint=models.CheckConstraint(condition=models.Q(('verified_on__isnull', True), ('review_by__lte', django.db.models.expressions.CombinedExpression(models.F('verified_on'), '+', models.Value(datetime.timedelta(days=180)))), _connector='OR'), name='helpline_reviewed_within_180_days', violation_error_message='Set a date at most 180 days after the verification.'),
        ),
        migrations.AddConstraint(
            model_name='helpline',
            constraint=models.CheckConstraint(condition=models.Q(('verified_on__isnull', True), models.Q(('source_url', ''), _negated=True), _connector='OR'), name='helpline_verified_has_source'),
        ),
        migrations.AddField(
            model_name='helplinecheck',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='helplinecheck',
            name='helpline',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='checks', to='campaigns.helpline'),
        ),
        migrations.AddField(
            model_name='helplinehours',
            name='helpline',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='intervals', to='campaigns.helpline'),
        ),
        migrations.AddField(
            model_name='helplinereminder',
            name='helpline',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='campaigns.helpline'),
        ),
        migrations.AddField(
            model_name='helplinereminder',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='helplinecheck',
            index=models.Index(fields=['by', '-at'], name='helplinecheck_by_person'),
        ),
        migrations.AddConstraint(
            model_name='helplinehours',
            constraint=models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day')), ('last_day__lte', 6)), name='helplinehours_days_in_order', violation_error_message='The week begins on Monday: write hours over the weekend in two lines.'),
        ),
        migrations.AddConstraint(
            model_name='helplinereminder',
            constraint=models.UniqueConstraint(fields=('helpline', 'person', 'review_by', 'days'), name='helplinereminder_once'),
        ),
        migrations.RunPython(begin_the_history, migrations.RunPython.noop),
    ]
