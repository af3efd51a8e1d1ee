"""K1: every kind of file to Markdown with its headings and tables; the content tells the kind."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from ogma.knowledge.content import PAGE_BREAK, Unreadable
from ogma.knowledge.readers import read
from tests.knowledge import office_files as made


def text_of(data: bytes | str, name: str = "file.bin") -> str:
    return read(data.encode() if isinstance(data, str) else data, name).text


# -- HTML ------------------------------------------------------------------------------------------

PAGE = """<!doctype html><html><head><title>Shop help</title><script>track()</script>
<style>p{}</style></head><body>
<nav>Home Products About</nav><div class="cookie-banner">We use cookies</div>
<div style="display: none">secret words</div><p hidden>also secret</p>
<main><h1>Refunds</h1><p>A refund takes <b>five</b> days.<br>See <a href="https://shop.example/r">the
page</a> or <a href="/local">this</a>.</p>
<h2>Plans</h2><table>
<tr><th>Plan</th><th>Price</th></tr><tr><td>Ember</td><td>9 | 90</td></tr></table>
<ul><li>one<ul><li>deep</li></ul></li><li>two</li></ul><ol><li>first</li></ol>
<pre><code>echo "a  b"
done</code></pre><p>Use <code>save</code>.</p><blockquote>Quoted</blockquote></main>
<footer>Imprint</footer></body></html>"""


def test_html_keeps_the_content_and_its_structure() -> None:
    content = read(PAGE.encode(), "page.html")
    assert content.title == "Shop help"
    assert content.text == "\n\n".join(
        [
            "# Refunds",
            "A refund takes five days. See [the page](https://shop.example/r) or this.",
            "## Plans",
            "| Plan | Price |\n|---|---|\n| Ember | 9 \\| 90 |",
            "- one\n  - deep\n- two",
            "1. first",
            '```\necho "a  b"\ndone\n```',
            "Use `save`.",
            "> Quoted",
        ]
    )


def test_k1_tables_with_rows_or_cells_left_out_lose_nothing() -> None:
    page = "<table><td>alpha<td>beta<tr>gamma<td>delta</td>end</table>"
    assert text_of(page, "x.html") == (
        "| alpha | beta |  |\n|---|---|---|\n| gamma | delta | end |"
    )
    form = "<html><table><form><tr><td>Plan</td><td>Ember</td></tr></form></table></html>"
    assert text_of(form) == "| Plan | Ember |\n|---|---|"
    assert text_of("<html><table> Closed today </table></html>") == "Closed today"


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("<html><h1>Refunds</h1></html>", "# Refunds"),
        ("<html><ul><li>one<li>two</ul></html>", "- one\n- two"),
        ("<html><pre>a  b</pre></html>", "```\na  b\n```"),
    ],
)
def test_k1_a_page_of_one_element_keeps_its_kind(page: str, told: str) -> None:
    assert text_of(page) == told


def test_k1_a_page_of_pictures_alone_says_what_they_show() -> None:
    picture = "<img src='a.png' alt='How to reset the password'>"
    assert text_of(f"<html><body>{picture}</body></html>") == "How to reset the password"
    assert text_of(f"<html><body>{picture}<p>Words</p></body></html>") == "Words"


def test_html_is_told_by_its_content() -> None:
    assert text_of(PAGE, "page.txt") == text_of(PAGE, "page.html")


def test_markdown_that_begins_with_html_stays_markdown() -> None:
    assert text_of('<div align="center">\n\n# Title\n', "README.md").startswith("<div")


def test_hidden_html_text_is_dropped() -> None:
    text = text_of(PAGE)
    for word in ("secret", "cookies", "Products", "Imprint", "track"):
        assert word not in text


def test_a_page_that_is_all_navigation_by_name_keeps_its_text() -> None:
    page = "<html><body><div class='menu'><h1>Lunch</h1><p>Soup of the day.</p></div></body></html>"
    assert text_of(page) == "# Lunch\n\nSoup of the day."


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-8", "euc-jp"])
def test_html_follows_the_encoding_that_it_declares(encoding: str) -> None:
    words = "日本語" if encoding == "euc-jp" else "Größe é"
    page = f"<html><head><meta charset='{encoding}'></head><body><p>{words}</p></body></html>"
    assert text_of(page.encode(encoding)) == words


def test_deep_html_is_read_or_refused() -> None:
    page = "<html><body>" + "<div>" * 50_000 + "deep" + "</div>" * 50_000
    try:
        assert text_of(page, "x.html")
    except Unreadable as reason:
        assert str(reason)


# -- office files ----------------------------------------------------------------------------------


def test_word_keeps_headings_lists_and_tables() -> None:
    cell = "<w:tc>{}</w:tc>"
    rows = "".join(
        f"<w:tr>{cell.format(made.paragraph(a))}{cell.format(made.paragraph(b))}</w:tr>"
        for a, b in (("Plan", "Price"), ("Ember", "9.90"))
    )
    data = made.word(
        made.paragraph("Handbook", "T")
        + made.paragraph("Setup", "H1")
        + made.paragraph("Do this:")
        + made.paragraph("one", "LB")
        + made.paragraph("two", "LB")
        + made.paragraph("Prices", "H2")
        + f"<w:tbl>{rows}</w:tbl>"
    )
    assert text_of(data) == (
        "# Handbook\n\n## Setup\n\nDo this:\n\n- one\n- two\n\n### Prices\n\n"
        "| Plan | Price |\n|---|---|\n| Ember | 9.90 |"
    )


def test_word_reads_insertions_and_text_boxes_once_and_no_deletions() -> None:
    box = f"<w:txbxContent>{made.paragraph('Boxed')}</w:txbxContent>"
    data = made.word(
        "<w:p><w:ins><w:r><w:t>New </w:t></w:r></w:ins><w:del><w:r><w:delText>old</w:delText>"
        "</w:r></w:del><w:r><w:t>text</w:t></w:r></w:p>"
        f"<w:p><w:r><AlternateContent><Choice>{box}</Choice><Fallback>{box}</Fallback>"
        "</AlternateContent></w:r></w:p>"
    )
    assert text_of(data) == "New text\n\nBoxed"


def test_slides_come_in_their_order_each_on_its_page() -> None:
    data = made.slides(
        made.shape("Welcome", "title") + made.shape("First words") + made.shape("7", "sldNum"),
        made.shape("Second", "title") + made.shape("More words"),
    )
    assert text_of(data) == f"## Welcome\n\nFirst words{PAGE_BREAK}## Second\n\nMore words"


def test_every_sheet_is_a_table() -> None:
    data = made.workbook(
        {
            "Plans": [["Plan", "Price"], ["Ember", "9.90"]],
            "Doors": [["Door", "Colour"], ["Main", "red"]],
        }
    )
    assert text_of(data) == (
        "## Plans\n\n| Plan | Price |\n|---|---|\n| Ember | 9.90 |\n\n"
        "## Doors\n\n| Door | Colour |\n|---|---|\n| Main | red |"
    )


def test_an_office_file_under_another_name_is_told_by_its_content() -> None:
    assert text_of(made.word(made.paragraph("Hello")), "notes.txt") == "Hello"


# -- PDF -------------------------------------------------------------------------------------------


def test_pdf_keeps_headings_and_pages_and_drops_running_lines() -> None:
    titles = ("Refunds", "Plans", "Doors")
    pages = [
        [
            (9, "Shop manual"),
            *((20, title), (11, f"The {title} of the shop go on for"), (11, f"{title} ever.")),
            (9, f"page {number}"),
        ]
        for number, title in enumerate(titles, 1)
    ]
    told = text_of(made.pdf(*pages)).split(PAGE_BREAK)
    assert told == [
        f"# {title}\n\nThe {title} of the shop go on for {title} ever." for title in titles
    ]


def test_a_pdf_with_something_in_front_is_a_pdf() -> None:
    assert "Hello" in text_of(b"\r\n" + made.pdf([(11, "Hello there")]), "scan.txt")


def test_a_pdf_that_says_the_same_on_every_page_keeps_it() -> None:
    assert "Closed today" in text_of(made.pdf(*[[(11, "Closed today")] for _ in range(4)]))


def test_k1_a_pdf_table_with_rules_is_a_table() -> None:
    """Also with a cell of two lines, one over two columns, and one over two rows."""
    rows, columns = (700, 670, 630, 600, 570), (50, 150, 250, 350)
    drawn = "".join(made.rule(50, y, 350, y) for y in rows if y != 600)
    drawn += made.rule(50, 600, 250, 600)  # the last column's cell goes over two rows
    drawn += "".join(made.rule(x, 670, x, 570) for x in columns)
    drawn += made.rule(50, 700, 50, 670) + made.rule(350, 700, 350, 670)
    drawn += made.rule(150, 700, 150, 670)  # the head of the last two columns is one cell
    said = {(55, 680): "Plan", (155, 680): "Limits", (55, 655): "Ember", (55, 640): "(old)"}
    said |= {(155, 655): "20 slots", (255, 655): "2 GB", (55, 610): "Forge", (155, 610): "80 slots"}
    said |= {(255, 610): "8 GB", (55, 580): "Anvil", (155, 580): "200 slots"}
    drawn += "".join(made.words(x, y, text) for (x, y), text in said.items())
    told = text_of(made.pdf_of(made.words(50, 750, "Our plans:") + drawn))
    assert told == "\n\n".join(
        (
            "Our plans:",
            "| Plan | Limits |  |\n|---|---|---|\n| Ember (old) | 20 slots | 2 GB |\n"
            "| Forge | 80 slots | 8 GB |\n| Anvil | 200 slots |  |",
        )
    )


def test_k1_a_pdf_table_of_aligned_columns_is_a_table() -> None:
    rows = (("Plan", "Slots", "Price"), ("Ember", "20", "9.90"), ("Forge", "80", "18.90"))
    drawn = made.words(50, 760, "The prices of this year are as follows.")
    for number, row in enumerate((*rows, ("Anvil", "200", ""))):
        for x, text in zip((50, 200, 300), row, strict=True):
            drawn += made.words(x, 720 - 15 * number, text) if text else ""
    assert text_of(made.pdf_of(drawn)) == (
        "The prices of this year are as follows.\n\n| Plan | Slots | Price |\n|---|---|---|\n"
        "| Ember | 20 | 9.90 |\n| Forge | 80 | 18.90 |\n| Anvil | 200 |  |"
    )


def test_two_columns_of_prose_are_no_table() -> None:
    left = [f"Line {number} of the first column, which goes on" for number in range(8)]
    right = [f"Line {number} of the second column, which ends" for number in range(8)]
    drawn = "".join(made.words(50, 750 - 14 * at, line) for at, line in enumerate(left))
    drawn += "".join(made.words(320, 750 - 14 * at, line) for at, line in enumerate(right))
    told = text_of(made.pdf_of(drawn))
    assert "|" not in told
    assert told.index("Line 7 of the first") < told.index("Line 0 of the second")


def test_words_that_are_set_letter_by_letter_are_words() -> None:
    said, drawn = "nobody need open one door and no one donned a hood", ""
    for line in range(3):
        for at, letter in enumerate(said):
            if letter != " ":
                drawn += made.words(30 + 9.2 * at, 750 - 14 * line, letter, 12)
    assert text_of(made.pdf_of(drawn)).split() == (said.split()) * 3


# -- what is refused -------------------------------------------------------------------------------


def bomb() -> bytes:
    raw = BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (100 * 2**20))
    return raw.getvalue()


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (bomb(), "unpacks to"),
        (made.package({"word/document.xml": f"{LAUGHS}<x>&b;</x>"}), "declares XML entities"),
        (made.package({"word/document.xml": "<broken"}), "damaged office document"),
        (made.package({"readme.txt": "hello"}), "without a document"),
        (made.word(made.paragraph("Hello"))[:-30], "damaged archive"),
        (made.word(""), "no text"),
        (b"%PDF-1.4\nnothing", "damaged PDF"),
        (made.pdf([]), "no text"),
        (made.pdf([(11, "x")], kids="2 0 R 2 0 R"), "damaged PDF"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "old or an encrypted office document"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "encrypted with a password"),
        (b"<html><body><script>x</script></body></html>", "no text"),
    ],
)
def test_what_gives_no_text_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read(data, "file.bin")
