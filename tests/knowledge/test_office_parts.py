"""K1: charts, diagrams, links, notes at cells, and packages whose parts are oddly named."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from ogma.knowledge.formats.number_formats import number_format
from ogma.knowledge.readers import read
from tests.knowledge import office_files as made

CHART = (
    "<c:chartSpace xmlns:c='c' xmlns:a='a'><c:chart><c:title><a:p><a:t>Sales</a:t></a:p></c:title>"
    "<c:plotArea><c:barChart>{}</c:barChart></c:plotArea></c:chart></c:chartSpace>"
)
SERIES = (
    "<c:ser><c:tx><c:v>{0}</c:v></c:tx><c:cat><c:pt idx='0'><c:v>East</c:v></c:pt><c:pt idx='1'>"
    "<c:v>West</c:v></c:pt></c:cat><c:val><c:pt idx='0'><c:v>{1}</c:v></c:pt></c:val></c:ser>"
)
DIAGRAM = "<d:dataModel xmlns:d='d' xmlns:a='a'>{}</d:dataModel>"
POINT = "<d:pt><a:p><a:t>{}</a:t></a:p></d:pt>"
DRAWN = (
    "<x:graphicData xmlns:x='x' xmlns:r='r'><x:chart r:id='rId7'/>"
    "<x:relIds r:dm='rId8'/></x:graphicData>"
)


def text_of(data: bytes) -> str:
    return read(data, "file.bin").text


def drawn_parts(top: str, relations: str) -> dict[str, str]:
    """A chart and a diagram below the folder `top`, and the relations that lead to them."""
    leads = "<Relationship Id='{}' Type='x/y' Target='drawn/{}.xml'/>"
    web = "<Relationship Id='rId9' TargetMode='External' Target='https://shop.example/refund'/>"
    listed = leads.format("rId7", "chart") + leads.format("rId8", "data") + web
    series = SERIES.format("2025", "7.0") + SERIES.format("2026", "9.5")
    points = POINT.format("Ask") + POINT.format("") + POINT.format("Get an answer")
    return {
        relations: f"<Relationships>{listed}</Relationships>",
        f"{top}/drawn/chart.xml": CHART.format(series),
        f"{top}/drawn/data.xml": DIAGRAM.format(points),
    }


SHOWN = "Sales\n\n|  | 2025 | 2026 |\n|---|---|---|\n| East | 7 | 9.5 |\n| West |  |  |"


def test_k1_word_keeps_links_charts_and_diagrams() -> None:
    link = "<w:hyperlink r:id='rId9' xmlns:r='r'><w:r><w:t>the form</w:t></w:r></w:hyperlink>"
    body = f"<w:p><w:r><w:t>Fill in </w:t></w:r>{link}</w:p><w:p><w:r>{DRAWN}</w:r></w:p>"
    parts = drawn_parts("word", "word/_rels/document.xml.rels")
    told = text_of(made.word(body, parts))
    assert told == (
        f"Fill in [the form](https://shop.example/refund)\n\n{SHOWN}\n\n- Ask\n- Get an answer"
    )


def test_k1_a_letter_with_words_in_its_header_alone_gives_them() -> None:
    header = {"word/header1.xml": f"<w:hdr {made.W}>{made.paragraph('Closed in May')}</w:hdr>"}
    assert text_of(made.word("", header)) == "Closed in May"
    assert text_of(made.word(made.paragraph("Hello"), header)) == "Hello"


def test_k1_slides_keep_charts_and_diagrams() -> None:
    parts = drawn_parts("ppt/slides", "ppt/slides/_rels/slide1.xml.rels")
    told = text_of(made.with_parts(made.slides(made.shape("Figures") + DRAWN), parts))
    assert told == f"Figures\n\n{SHOWN}\n\n- Ask\n- Get an answer"


def test_k1_notes_at_cells_stand_below_the_sheets() -> None:
    note = "<comment ref='{}'><text><r><t>Ask </t></r><r><t>{}</t></r></text></comment>"
    listed = note.format("B2", "the owner") + "<comment ref='A1'><text/></comment>"
    data = made.with_parts(
        made.workbook({"Plans": [["Plan", "Price"], ["Ember", "9.90"]]}),
        {"xl/comments1.xml": f"<comments {made.S}><commentList>{listed}</commentList></comments>"},
    )
    assert text_of(data) == ("| Plan | Price |\n|---|---|\n| Ember | 9.90 |\n\n- B2: Ask the owner")


def test_k1_numbers_are_shown_without_the_errors_of_binary_fractions() -> None:
    data = made.workbook({"Plans": [["Price", "Slots"], ["Ember", "9.90"]]})
    cell = '<c r="B2" t="inlineStr"><is><t>9.90</t></is></c>'
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        raw = archive.read(sheet).decode()
    anew = raw.replace(cell, '<c r="B2"><v>68.66499999999999</v></c>')
    assert anew != raw
    assert "| Ember | 68.665 |" in text_of(made.with_parts(data, {sheet: anew}))


@pytest.mark.parametrize(
    "code, value, shown",
    [
        ("0%", 0.285, "29%"),
        ("0.0#%", 0.125, "12.5%"),
        ('#,##0.00 "€"', 1234.5, "1,234.50 €"),
        ("[$€-407]#,##0.00", 9.9, "€9.90"),
        ("$#,##0.00_);($#,##0.00)", -9.9, "-$9.90"),
        ('_("$"* #,##0_);_("$"* \\(#,##0\\)', 5.0, "$5"),
        ('0" days"', 14.0, "14 days"),
        ("0.00", 9.9, None),
        ("General", 9.9, None),
        ("yyyy-mm-dd", 9.9, None),
        ("0.00E+00", 9.9, None),
        ('0,,"M"', 9.9, None),
        ("0" * 400, 9.9, None),
        ("%" * 400, 9.9, None),
        ("0." + "0" * 400 + "%", 9.9, None),
        (f'0"{"x" * 400}"', 9.9, None),
        ("0%", 1e300, "1e+300"),
        ("", 9.9, None),
    ],
)
def test_k1_a_number_format_is_read_where_it_says_more_than_the_value(
    code: str, value: float, shown: str | None
) -> None:
    known = number_format(code)
    assert (known and known.shown(value)) == shown


def test_k1_a_workbook_shows_per_cents_and_currencies_where_its_cells_do() -> None:
    data = made.workbook({"Plans": [["Plan", "Off"], ["Ember", "0"], ["Flint", "0"]]})
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        raw = archive.read(sheet).decode()
    for row, style, value in ((2, 1, "0.125"), (3, 2, "9.9")):
        words = f'<c r="B{row}" t="inlineStr"><is><t>0</t></is></c>'
        assert words in raw
        raw = raw.replace(words, f'<c r="B{row}" s="{style}"><v>{value}</v></c>')
    styles = (
        f'<styleSheet {made.S}><numFmts><numFmt numFmtId="164" formatCode="0.00&quot; EUR&quot;"/>'
        '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="10"/><xf numFmtId="164"/></cellXfs>'
        "</styleSheet>"
    )
    told = text_of(made.with_parts(data, {sheet: raw, "xl/styles.xml": styles}))
    assert "| Ember | 12.50% |" in told and "| Flint | 9.90 EUR |" in told
    moved = raw.replace('"B', '"D').replace('"A', '"C').replace('r="3"', 'r="9"')
    moved = re.sub(r'r="([CD])(\d)"', lambda at: f'r="{at[1]}{int(at[2]) + 6}"', moved)
    told = text_of(made.with_parts(data, {sheet: moved, "xl/styles.xml": styles}))
    assert "| Ember | 12.50% |" in told and "| Flint | 9.90 EUR |" in told


def test_k1_a_workbook_whose_parts_are_named_with_backslashes_is_read() -> None:
    data = made.workbook({"Plans": [["Plan", "Price"], ["Ember", "9.90"]]})
    raw = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as sound, zipfile.ZipFile(raw, "w") as odd:
        for member in sound.infolist():
            entry = zipfile.ZipInfo("x")
            entry.filename = member.filename.replace("/", "\\").lower()
            odd.writestr(entry, sound.read(member))
    assert text_of(raw.getvalue()) == text_of(data)
