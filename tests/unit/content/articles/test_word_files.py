"""content.articles.word_files: what an article needs of a .docx, and nothing that harms."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from campaigns.content.articles import word_files
from campaigns.content.articles.bringing import read_file
from campaigns.content.articles.reading import ArticleRefusedError
from tests.unit.content.articles.word_file import R, W, document, paragraph, run, word_file

RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" TargetMode="External" Target="https://a.pl/?x=1&amp;y=2"/>'
    '<Relationship Id="r2" TargetMode="External" Target="javascript:alert(1)"/>'
    '<Relationship Id="r3" Target="media/x.bin"/></Relationships>'
)
STYLES = (
    f'<w:styles {W}><w:style w:styleId="Nagwek2"><w:name w:val="heading 2"/></w:style>'
    '<w:style w:styleId="Obrys"><w:name w:val="Mój styl"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    '<w:style w:styleId="Tytu"><w:name w:val="Title"/></w:style><w:style w:styleId="Podtytu"><w:name w:val="Subtitle"/></w:style>'
    '<w:style w:styleId="Cytat"><w:name w:val="Quote"/></w:style><w:style w:styleId="Bez"/></w:styles>'
)
NUMBERS = (
    f'<w:numbering {W}><w:abstractNum w:abstractNumId="1"><w:lvl><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>'
    '<w:abstractNum w:abstractNumId="2"><w:lvl><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="5"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="6"><w:abstractNumId w:val="2"/></w:num></w:numbering>'
)
NOTES = (
    f'<w:footnotes {W}><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
    f'<w:footnote w:id="2">{paragraph(run("Raport z 2019 r."))}</w:footnote></w:footnotes>'
)
PARTS = {
    "word/_rels/document.xml.rels": RELATIONS,
    "word/styles.xml": STYLES,
    "word/numbering.xml": NUMBERS,
    "word/footnotes.xml": NOTES,
}
CITED = '<w:r><w:footnoteReference w:id="2"/></w:r>'
WHOLE = document(
    paragraph(run("Zatrzymano 14 osób"), style="Tytu"),
    paragraph(run("Jedno zdanie pod tytułem."), style="Podtytu"),
    paragraph(run("Zwykłe "), run("grube ", "<w:b/>"), run("dalej grube", "<w:b/>"), run(" pochyłe", "<w:i/>"), run(" nie", '<w:b w:val="0"/>'), CITED),
    paragraph(run("Śródtytuł", "<w:b/>"), style="Nagwek2"),
    paragraph(run("Pierwszy stopień"), style="Obrys"),
    paragraph(run("punkt"), number="5"),
    paragraph(run("drugi"), number="5"),
    paragraph(run("raz"), number="6"),
    paragraph(run("bez numeru"), number="0"),
    paragraph(run("styl listy"), style="ListBullet"),
    paragraph(run("Cytowane"), style="Cytat"),
    paragraph('<w:hyperlink r:id="r1">' + run("link") + "</w:hyperlink>", '<w:hyperlink r:id="r2">' + run(" zły") + "</w:hyperlink>"),
    paragraph("<w:ins>" + run("dopisane ") + "</w:ins>", "<w:del>" + run("skreślone") + "</w:del>", "<w:r><w:tab/><w:cr/><w:noBreakHyphen/><w:sym/></w:r>", run("po")),
    "<w:sdt><w:sdtContent>" + paragraph(run("w kontrolce &amp; <![CDATA[<b>]]>")) + "</w:sdtContent></w:sdt>",
    f"<w:tbl><w:tr><w:tc>{paragraph(run('Rok'))}</w:tc><w:tc>{paragraph(run('2020'))}</w:tc></w:tr></w:tbl>",
    paragraph(run(" ")),
)  # fmt: skip


def test_words_headings_emphasis_lists_links_and_footnotes_are_read() -> None:
    draft = read_file(word_file(WHOLE, PARTS))
    assert (draft.title, draft.lead) == ("Zatrzymano 14 osób", "Jedno zdanie pod tytułem.")
    for piece in [
        "<p>Zwykłe <strong>grube dalej grube</strong><em> pochyłe</em> nie [1]</p>",
        "<h2>Śródtytuł</h2>",
        "<h2>Pierwszy stopień</h2>",
        "<ul><li>punkt</li><li>drugi</li></ul>",
        "<ol><li>raz</li></ol>",
        "<p>bez numeru</p>",
        "<ul><li>styl listy</li></ul>",
        "<blockquote><p>Cytowane</p></blockquote>",
        '<a href="https://a.pl/?x=1&amp;y=2">link</a> zły',
        "dopisane",
        "w kontrolce &amp; &lt;b&gt;",
        "<ul><li>Rok – 2020</li></ul>",
        "<ol><li>Raport z 2019 r.</li></ol>",
    ]:
        assert piece in draft.body, piece
    assert "skreślone" not in draft.body
    assert draft.dated is None


def test_a_file_in_the_strict_dialect_and_one_without_styles_are_read() -> None:
    strict = WHOLE.replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert "Zatrzymano 14 osób" in read_file(word_file(strict)).original


def test_a_file_that_ends_with_a_list_keeps_it_whole() -> None:
    body = document(
        paragraph(run("Tytuł tego artykułu")), paragraph(run("raz"), number="1"), paragraph(run("dwa"), number="1")
    )
    assert read_file(word_file(body)).body == "<ol><li>raz</li><li>dwa</li></ol>"


def locked(content: bytes) -> bytes:
    """The same archive, its entries marked as encrypted."""
    marked = bytearray(content)
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = marked.find(signature)
        while at >= 0:
            marked[at + place] |= 1
            at = marked.find(signature, at + 4)
    return bytes(marked)


def crowded() -> bytes:
    return word_file(WHOLE, {f"x/{n}": b"" for n in range(word_files.MOST_ENTRIES)})


def lying_about_its_size() -> bytes:
    """A part that says it has ten bytes and has thirty million more."""
    content = bytearray(word_file(document("<w:p/>" * 10) + " " * (word_files.MOST_XML + 10)))
    entry = content.rfind(b"PK\x01\x02", 0, content.rfind(b"word/document.xml"))
    content[entry + 24 : entry + 28] = struct.pack("<I", 10)
    return bytes(content)


def cut_in_the_middle() -> bytes:
    content = word_file(WHOLE)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        start = package.getinfo("word/document.xml").header_offset
    return content[: start + 50] + b"\xff" * 60 + content[start + 110 :]


ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
)


@pytest.mark.parametrize(
    "content",
    [
        locked(word_file(WHOLE)),
        crowded(),
        word_file(WHOLE + " " * (word_files.MOST_XML + 1)),
        lying_about_its_size(),
        cut_in_the_middle(),
        word_file(document(paragraph(run("&b;&f;")), head=ENTITIES)),
        word_file(document(paragraph(run("x")), head=ENTITIES)),
        word_file(document(paragraph(run("x")), head='<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x>').encode("utf-16")),
        word_file("<w:document/>"),
        word_file(f"<w:document {W} {R}/>"),
        word_file(document()),
        word_file(document(paragraph(run("  ")))),
        word_file(document("<w:p>" * 400 + "x" + "</w:p>" * 400)),
        word_file(b"\xff\xfe not xml"),
    ],
)  # fmt: skip
def test_what_is_locked_damaged_empty_or_a_bomb_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(ArticleRefusedError) as refused:
        read_file(content)
    assert refused.value.messages[0].endswith(".")


def test_macros_objects_and_pictures_are_not_looked_at() -> None:
    draft = read_file(
        word_file(
            WHOLE,
            {**PARTS, "word/vbaProject.bin": b"\xd0\xcf", "word/embeddings/x.exe": b"MZ", "word/media/x.png": b"x"},
        )
    )
    assert draft.title == "Zatrzymano 14 osób"
