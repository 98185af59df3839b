"""Builds .docx files part by part, honest and hostile ones."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def paragraph(*runs: str, style: str = "", number: str = "") -> str:
    """A w:p of runs, with a style's id and a numbering's."""
    listed = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>' if number else ""
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{styled}{listed}</w:pPr>{''.join(runs)}</w:p>"


def run(words: str, marks: str = "") -> str:
    """A w:r with words and the marks of its w:rPr."""
    return f'<w:r><w:rPr>{marks}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def document(*blocks: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    """word/document.xml."""
    return f"{head}<w:document {W} {R}><w:body>{''.join(blocks)}<w:sectPr/></w:body></w:document>"


def word_file(body: str | bytes, parts: Mapping[str, str | bytes] | None = None) -> bytes:
    """The whole file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in {"[Content_Types].xml": "<Types/>", "word/document.xml": body, **(parts or {})}.items():
            package.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)  # without the time it was made
    return content.getvalue()
