"""What makes a poster readable aloud: the order and the kind of its parts, as a structure tree (ISO 32000-1, 14.7)."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFString

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportlab.pdfgen.canvas import Canvas


class Marking:
    """Marks what is drawn on the one page of `canvas`; `finish` writes the tree once the page is shown."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._page = canvas._doc.thisPageRef()  # noqa: SLF001 (reportlab has no public way to a structure tree)
        self._parts: list[tuple[str, str]] = []

    @contextlib.contextmanager
    def part(self, role: str, *, alt: str = "") -> Iterator[None]:
        """What is drawn inside is read as `role` (H1, P, Figure …), a figure by its `alt`."""
        self._write(f"/{role} <</MCID {len(self._parts)}>> BDC")
        self._parts.append((role, alt))
        yield
        self._write("EMC")

    @contextlib.contextmanager
    def decoration(self) -> Iterator[None]:
        """What is drawn inside is passed over."""
        self._write("/Artifact BMC")
        yield
        self._write("EMC")

    def finish(self) -> None:
        """Bind the parts to the document, in the order they were drawn."""
        document = self._canvas._doc  # noqa: SLF001 (as above)
        root, whole = PDFDictionary({"Type": PDFName("StructTreeRoot")}), PDFDictionary(_element("Document"))
        root_at, whole_at = document.Reference(root), document.Reference(whole)
        children = [
            document.Reference(PDFDictionary(_element(role, alt) | {"P": whole_at, "Pg": self._page, "K": number}))
            for number, (role, alt) in enumerate(self._parts)
        ]
        whole.dict |= {"P": root_at, "K": PDFArray(children)}
        root.dict |= {
            "K": whole_at,
            "ParentTree": document.Reference(PDFDictionary({"Nums": PDFArray([0, PDFArray(children)])})),
        }
        page = document.idToObject[self._page.name]
        page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
        page.StructParents, page.Tabs = 0, PDFName("S")
        document.Catalog.StructTreeRoot = root_at
        document.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})

    def _write(self, operators: str) -> None:
        self._canvas._code.append(operators)  # noqa: SLF001 (as above)


def _element(role: str, alt: str = "") -> dict[str, Any]:
    return {"Type": PDFName("StructElem"), "S": PDFName(role)} | ({"Alt": PDFString(alt)} if alt else {})
