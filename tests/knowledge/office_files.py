"""Office files and PDFs as small as they may be, made by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
P = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
S = (
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'

MAIN = f'<Relationship Id="rId1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/>'
FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
STYLES = f"""<w:styles {W}>
<w:style w:styleId="T"><w:name w:val="Title"/></w:style>
<w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="H2"><w:name w:val="heading 2"/></w:style>
<w:style w:styleId="LB"><w:name w:val="List Bullet"/></w:style></w:styles>"""


def package(parts: Mapping[str, str]) -> bytes:
    """A zip archive of texts by name."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return raw.getvalue()


def with_parts(data: bytes, parts: Mapping[str, str]) -> bytes:
    """A package with parts added, or put in the place of those of the same name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        there = {name: archive.read(name).decode() for name in archive.namelist()}
    return package({**there, **parts})


def word(body: str, parts: Mapping[str, str] | None = None) -> bytes:
    """A Word document with this XML in its body, and with further parts."""
    document = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    return package({"word/document.xml": document, "word/styles.xml": STYLES, **(parts or {})})


def paragraph(text: str, style: str = "") -> str:
    """A Word paragraph."""
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}<w:r><w:t>{text}</w:t></w:r></w:p>"


def slides(*bodies: str) -> bytes:
    """A presentation of slides with these XML shapes, stored in the reverse of their order."""
    ids, relations, parts = "", "", {}
    for number, body in enumerate(bodies, 1):
        stored = len(bodies) + 1 - number
        ids += f'<p:sldId id="{255 + number}" r:id="rId{number}"/>'
        relations += (
            f'<Relationship Id="rId{number}" Type="{REL}/slide" Target="slides/slide{stored}.xml"/>'
        )
        parts[f"ppt/slides/slide{stored}.xml"] = (
            f"<p:sld {P}><p:cSld><p:spTree>{body}</p:spTree></p:cSld></p:sld>"
        )
    listed = f"<p:sldIdLst>{ids}</p:sldIdLst>"
    parts["ppt/presentation.xml"] = f"<p:presentation {P}>{listed}</p:presentation>"
    parts["ppt/_rels/presentation.xml.rels"] = f"<Relationships {RELS}>{relations}</Relationships>"
    return package(parts)


def shape(text: str, role: str = "body") -> str:
    """A shape of a slide."""
    return (
        f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="{role}"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r>'
        f"<a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


def workbook(sheets: Mapping[str, list[list[str]]]) -> bytes:
    """A workbook of sheets with text cells."""
    listed, relations, parts = (
        "",
        "",
        {"_rels/.rels": f"<Relationships {RELS}>{MAIN}</Relationships>"},
    )
    for number, (name, rows) in enumerate(sheets.items(), 1):
        listed += f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>'
        relations += (
            f'<Relationship Id="rId{number}" Type="{REL}/worksheet"'
            f' Target="worksheets/sheet{number}.xml"/>'
        )
        cells = ""
        for at, row in enumerate(rows, 1):
            filled = "".join(_cell(at, column, text) for column, text in enumerate(row))
            cells += f'<row r="{at}">{filled}</row>'
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f"<worksheet {S}><sheetData>{cells}</sheetData></worksheet>"
        )
    parts["xl/workbook.xml"] = f"<workbook {S}><sheets>{listed}</sheets></workbook>"
    parts["xl/_rels/workbook.xml.rels"] = f"<Relationships {RELS}>{relations}</Relationships>"
    return package(parts)


def _cell(row: int, column: int, text: str) -> str:
    return f'<c r="{chr(65 + column)}{row}" t="inlineStr"><is><t>{text}</t></is></c>'


def pdf(*pages: list[tuple[int, str]], kids: str | None = None) -> bytes:
    """A PDF with one line of text per (size, text); `kids` overrides the page tree."""
    drawn = []
    for lines in pages:
        height = 800
        stream = ""
        for size, text in lines:
            stream += words(50, height, text, size)
            height -= 30
        drawn.append(stream)
    return pdf_of(*drawn, kids=kids)


def words(x: float, y: float, text: str, size: int = 11) -> str:
    """What draws a text at a place of a page."""
    return f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET "


def rule(x1: float, y1: float, x2: float, y2: float) -> str:
    """What draws a line."""
    return f"{x1} {y1} m {x2} {y2} l S "


def pdf_of(*streams: str, kids: str | None = None) -> bytes:
    """A PDF with a page per stream of drawing commands."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    numbers = []
    for stream in streams:
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Contents {len(objects)} 0 R"
            f" /Resources << /Font << /F1 {FONT} >> >> >>"
        )
        numbers.append(len(objects))
    kids = kids if kids is not None else " ".join(f"{number} 0 R" for number in numbers)
    objects[1] = f"<< /Type /Pages /Kids [{kids}] /Count {len(numbers)} >>"
    raw, offsets = "%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(raw))
        raw += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    start = len(raw)
    raw += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    raw += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return raw.encode("latin-1")
