"""audience.importing and `import_subscribers`: only with evidence, never against somebody's will, and only once."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from newsletter.audience import spreadsheets, subscribing
from newsletter.audience.consent import Origin
from newsletter.audience.importing import ImportReport, import_csv
from newsletter.audience.models import ConsentEvent, Subscriber, Subscription, SuppressionReason
from newsletter.audience.segments import matching
from newsletter.audience.spreadsheets import SpreadsheetError
from newsletter.audience.suppression import suppress
from tests.integration.audience.conftest import NOON, at

if TYPE_CHECKING:
    from pathlib import Path

    from newsletter.editions.models import Newsletter

pytestmark = pytest.mark.django_db

HEAD = "email,first_name,language,consent_at,consent_source"
ANNA = "Anna@Example.org,Anna,pl,2024-03-31,formularz na stronie"


def run(text: str | bytes, newsletter: Newsletter, *, dry_run: bool = False) -> tuple[ImportReport, list[str]]:
    """The report, and the reason of each refused row."""
    reasons: list[str] = []
    report = import_csv(
        file=io.BytesIO(text if isinstance(text, bytes) else text.encode()),
        newsletter=newsletter,
        origin=Origin(now=NOON, method="import", page="lista.csv"),
        dry_run=dry_run,
        refuse=lambda _headings, _cells, reason: reasons.append(reason),
    )
    return report, reasons


def test_a_row_with_evidence_becomes_a_reader_c6(wici: Newsletter) -> None:
    report, _reasons = run(f"{HEAD}\n{ANNA}\n", wici)
    assert report == ImportReport(rows=1, added=1)
    [anna] = matching(newsletter=wici)
    assert (anna.address, anna.address_key, anna.first_name) == ("Anna@example.org", "anna@example.org", "Anna")
    event = ConsentEvent.objects.get()
    assert (event.kind, event.method, event.page) == ("imported", "import", "lista.csv")
    assert event.wording == "2024-03-31T00:00:00+01:00 · formularz na stronie"
    assert Subscription.objects.get().confirmed_at is not None


def test_running_it_twice_is_the_same_as_once(wici: Newsletter) -> None:
    run(f"{HEAD}\n{ANNA}\n", wici)
    assert run(f"{HEAD}\n{ANNA}\n", wici)[0] == ImportReport(rows=1, known=1)
    assert (Subscriber.objects.count(), ConsentEvent.objects.count()) == (1, 1)


def test_a_dry_run_counts_and_writes_nothing(wici: Newsletter) -> None:
    assert run(f"{HEAD}\n{ANNA}\n{ANNA}\n", wici, dry_run=True)[0] == ImportReport(rows=2, added=1, repeated=1)
    assert not Subscriber.objects.exists()


def test_nobody_comes_back_who_left_and_nobody_suppressed_comes_in(wici: Newsletter, alerts: Newsletter) -> None:
    run(f"{HEAD}\n{ANNA}\n", wici)
    anna = Subscriber.objects.get()
    subscribing.unsubscribe(subscriber_id=anna.public_id, newsletter_id=0, origin=at())
    suppress(key="ola@example.org", reason=SuppressionReason.BOUNCED, now=NOON)
    report, _reasons = run(f"{HEAD}\n{ANNA}\nola@example.org,Ola,pl,2024-03-31,targi\n", wici)
    assert report == ImportReport(rows=2, known=1, suppressed=1)
    assert not matching(newsletter=wici)
    report, _reasons = run(f"{HEAD}\nanna@example.org,Nikt,en,2024-03-31,targi\n", alerts)
    assert report.added == 1
    anna.refresh_from_db()
    assert (anna.first_name, anna.language) == ("Anna", "pl")
    assert list(matching(newsletter=alerts)) == [anna]


def test_an_imported_reader_may_leave_and_undo_it(wici: Newsletter) -> None:
    run(f"{HEAD}\n{ANNA}\n", wici)
    anna = Subscriber.objects.get()
    subscribing.unsubscribe(subscriber_id=anna.public_id, newsletter_id=wici.pk, origin=at())
    assert subscribing.resubscribe(subscriber_id=anna.public_id, newsletter_id=wici.pk, origin=at(hours=1))
    given = ConsentEvent.objects.get(kind="given")
    assert given.wording == "Zgadzam się: wici"


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("anna,Anna,pl,2024-03-31,targi", "@"),
        (",Anna,pl,2024-03-31,targi", "e-mail"),
        ("anna@example.org,Anna,pl,,targi", "consent_at"),
        ("anna@example.org,Anna,pl,2024-03-31,", "consent_source"),
        ("anna@example.org,Anna,pl,wczoraj,targi", "2025-03-31"),
        ("anna@example.org,Anna,pl,2031-01-01,targi", ""),
        ("anna@example.org,Anna,pl,0001-01-01,targi", "2025-03-31"),
        ("anna@example.org,Anna,tlh,2024-03-31,targi", "pl, en"),
        ("anna@example.org,<b>,pl,2024-03-31,targi", ""),
        ("anna@example.org,Anna,pl,2024-03-31,targi,Warszawa", ""),
        ("anna@example.org", "consent_source"),
    ],
)
def test_a_row_that_proves_nothing_is_refused_with_a_reason(wici: Newsletter, row: str, word: str) -> None:
    report, [reason] = run(f"{HEAD}\n{row}\n", wici)
    assert report == ImportReport(rows=1, refused=1)
    assert word in reason
    assert not Subscriber.objects.exists()


def test_a_reader_comes_with_their_own_time_zone_and_one_that_does_not_exist_is_refused(wici: Newsletter) -> None:
    rows = ["ula@example.org,2024-03-31,targi,America/New_York", "ola@example.org,2024-03-31,targi,Europe/Wici"]
    with translation.override("en"):
        report, reasons = run("\n".join(["email,consent_at,consent_source,time_zone", *rows]), wici)
    assert report == ImportReport(rows=2, added=1, refused=1)
    assert reasons == ["This is no time zone: write one like Europe/Warsaw or UTC."]
    assert Subscriber.objects.get().time_zone == "America/New_York"


@pytest.mark.parametrize(
    "text",
    [
        "Adres;Imię;Język;Data zgody;Źródło zgody\r\nanna@example.org;Żaneta;PL;31.03.2024 14:05;targi\r\n".encode(
            "cp1250"
        ),
        "E-MAIL\tImię\tjęzyk\tconsent_at\tconsent_source\nanna@example.org\tŻaneta\tpl-PL\t2024-03-31 14:05\ttargi".encode(),
        b"\xef\xbb\xbf"
        + 'email,"consent_at",consent_source,imię\n\nanna@example.org,2024-03-31T12:05:00Z,"ta,rgi",Żaneta\n'.encode(),
    ],
)
def test_files_are_read_as_offices_save_them(wici: Newsletter, text: bytes) -> None:
    assert run(text, wici)[0] == ImportReport(rows=1, added=1)
    assert Subscriber.objects.get().first_name == "Żaneta"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n\n",
        b"email,first_name\nanna@example.org,Anna\n",
        b"email,e-mail,consent_at,consent_source\n",
        HEAD.encode("utf-16"),
        b"\xef\xbb\xbf" + HEAD.encode() + b"\n\xb3\n",
        f'{HEAD}\n{ANNA}\n"ola"x,\n'.encode(),
        f'{HEAD}\n{ANNA}\n"ola@example.org,never closed\n'.encode(),
    ],
)
def test_a_bad_file_is_one_sentence_and_nothing_is_half_written(wici: Newsletter, text: bytes) -> None:
    with pytest.raises(SpreadsheetError) as refused:
        run(text, wici)
    assert str(refused.value).endswith(".")
    assert not Subscriber.objects.exists()


def test_a_file_beyond_the_cap_is_to_be_split(wici: Newsletter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "MOST_ROWS", 1)
    with translation.override("en"), pytest.raises(SpreadsheetError, match="1,000,000"):
        run(f"{HEAD}\n{ANNA}\n{ANNA}\n", wici)


def test_two_thousand_and_five_hundred_people_come_in_batches(wici: Newsletter) -> None:
    rows = "\n".join(f"reader{number}@example.org,,en,2024-03-31,targi" for number in range(2_500))
    assert run(f"{HEAD}\n{rows}\n", wici)[0] == ImportReport(rows=2_500, added=2_500)
    assert matching(newsletter=wici).count() == ConsentEvent.objects.count() == 2_500


# ── The command ──────────────────────────────────────────────────────────────────────────────────────────────────────
def told(file: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("import_subscribers", str(file), "--newsletter", "wici", *options, stdout=out)
    return out.getvalue().strip()


@pytest.mark.usefixtures("wici")
def test_the_command_counts_and_writes_what_it_refused_beside_the_file(tmp_path: Path) -> None:
    file = tmp_path / "lista.csv"
    file.write_text(f"{HEAD}\n{ANNA}\n=HYPERLINK(1),+48,pl,,targi\nola@example.org\n", encoding="utf-8")
    assert json.loads(told(file, "--json", "--dry-run"))["added"] == 1
    answer = json.loads(told(file, "--json"))
    assert (answer["rows"], answer["added"], answer["refused"], answer["dry_run"]) == (3, 1, 2, False)
    with (tmp_path / "lista.refused.csv").open(encoding="utf-8-sig", newline="") as refused:
        head, row, short = csv.reader(refused)
    assert head == [*HEAD.split(","), "reason"]
    assert row[:5] == ["'=HYPERLINK(1)", "'+48", "pl", "", "targi"]
    assert short[:5] == ["ola@example.org", "", "", "", ""]
    assert "lista.refused.csv" in told(file)


@pytest.mark.usefixtures("wici")
def test_a_good_file_leaves_nothing_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "lista.csv"
    file.write_text(f"{HEAD}\n{ANNA}\n", encoding="utf-8")
    assert told(file) == "1 rows: 1 added, 0 known already, 0 repeated, 0 suppressed, 0 refused."
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.usefixtures("wici")
def test_what_is_not_there_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Check the path"):
        told(tmp_path / "nowhere.csv")
    with pytest.raises(CommandError, match="There is: wici"):
        call_command("import_subscribers", str(tmp_path), "--newsletter", "wiki")
    (tmp_path / "empty.csv").touch()
    with pytest.raises(CommandError, match=r"\.$"):
        told(tmp_path / "empty.csv")
