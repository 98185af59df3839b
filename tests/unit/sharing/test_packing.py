from __future__ import annotations

import io
import zipfile

from campaigns.sharing.packing import files_of, licence_of, packed
from tests.unit.sharing.kits import PAGE, a_kit


def test_the_zip_holds_everything_under_one_folder_and_says_no_time() -> None:
    with zipfile.ZipFile(io.BytesIO(packed(a_kit(), number=3))) as kit:
        names = kit.namelist()
        assert {entry.date_time for entry in kit.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert all(name.startswith("sayno-pl-3/") for name in names)
    assert names == sorted(names)
    assert {name.removeprefix("sayno-pl-3/") for name in names} >= {
        "README.en.txt", "README.pl.txt", "block.html.txt", "licence.txt", "poster-a4.pdf",
        "cards/card-1200x630.png", "cards/card-1200x630.txt", "cards/card-1080x1080.png", "posts/x-280.txt",
    }  # fmt: skip


def test_the_same_content_and_number_make_the_same_bytes() -> None:
    assert packed(a_kit(), number=1) == packed(a_kit(), number=1)
    assert packed(a_kit(), number=1) != packed(a_kit(), number=2)


def test_a_post_that_cannot_be_written_is_no_file() -> None:
    files = files_of(a_kit(page_url=f"https://example.org/{'a' * 80}"), number=1)
    assert "posts/sms-letters-70.txt" not in files
    assert "sms-letters" not in files["README.en.txt"].decode()


def test_the_block_is_plain_html_with_the_one_address_and_every_word_escaped() -> None:
    block = files_of(a_kit(headline="<b>Nie</b> & nie"), number=1)["block.html.txt"].decode()
    assert "&lt;b&gt;Nie&lt;/b&gt; &amp; nie" in block
    assert block.count("http") == 1
    assert f'href="{PAGE}"' in block
    assert not any(tag in block for tag in ("<script", "<style", "<iframe", "<img", "style="))


def test_the_readme_warns_where_the_subject_is_sensitive_and_where_numbers_grow_old() -> None:
    careful = files_of(a_kit(), number=1)["README.en.txt"].decode()
    everyday = files_of(a_kit(sensitive=False, numbers=()), number=1)["README.en.txt"].decode()
    assert "picture of a child" in careful
    assert "numbers that were checked" in careful
    assert "picture of a child" not in everyday
    assert "numbers that were checked" not in everyday


def test_the_licence_line_says_when_none_was_named() -> None:
    assert licence_of(a_kit(language="en")).startswith("Europol. Licence: © Europol.")
    assert "ask the owner" in licence_of(a_kit(language="en", licence=""))
