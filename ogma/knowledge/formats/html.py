"""HTML to Markdown: the content alone, with its headings, lists, tables, code and links."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree, html  # type: ignore[import-untyped]

from ogma.knowledge.content import Content, Unreadable, markdown_table
from ogma.knowledge.formats.plain import decode

_HEAD: Final = 4096
_CHARSET: Final = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]+)|encoding\s*=\s*["']([\w.:-]+)""")
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")

_DROPPED: Final = frozenset(
    """script style noscript template svg canvas iframe object embed applet audio video map
    button input select textarea datalist nav dialog head link meta""".split()  # noqa: SIM905
)
_DROPPED_ROLES: Final = frozenset(
    ("navigation", "banner", "contentinfo", "search", "dialog", "alertdialog", "menu", "menubar")
)
_FURNITURE: Final = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|gdpr|navbar|nav|menu|breadcrumbs?|sidebar|skip-?links?"
    r"|site-?header|site-?footer|footer|pagination|share|social|newsletter|advert|ads|banner"
    r"|sr-only|visually-?hidden|screen-?reader-?text|headerlink|toc)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN_STYLE: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_INLINE: Final = frozenset(
    """a abbr acronym b bdi bdo big cite code del dfn em font i img ins kbd label mark q s samp
    small span strike strong sub sup time tt u var wbr""".split()  # noqa: SIM905
)
_HEAD_TAGS: Final = ("title", "base", "link", "meta", "style", "script", "noscript", "template")
_MARKED: Final = (".//main", ".//*[@role='main']", ".//article")
_ENOUGH: Final = 0.25
"""The share of a page's text that a part must have to be taken for its content."""


def read_html(data: bytes) -> Content:
    """The content of a page: without navigation, scripts, forms, and what is hidden."""
    return read_tree(parse_html(data))


def parse_html(data: bytes, charset: str | None = None) -> Any:
    """The page as a tree; raises Unreadable.

    `charset` is what the server says of its encoding; else what the page itself declares counts.
    """
    declared = _CHARSET.search(data[:_HEAD])
    name = next((group for group in declared.groups() if group), b"") if declared else b""
    text = _DECLARATION.sub("", decode(data, charset or name.decode("ascii", "replace") or None))
    try:
        root = html.document_fromstring(text, parser=html.HTMLParser(huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("it has no text") from error
    _end_head(root)
    return root


def _end_head(root: Any) -> None:
    """Where a page leaves out <body>, libxml2 leaves newer elements such as <main> in the head."""
    head = root.find("head")
    if head is None:
        return
    strayed = [
        child for child in head if isinstance(child.tag, str) and child.tag not in _HEAD_TAGS
    ]
    if not strayed:
        return
    body = root.find("body")
    if body is None:
        body = etree.SubElement(root, "body")
    for position, child in enumerate(strayed):
        body.insert(position, child)


def read_tree(root: Any) -> Content:
    """The content of a parsed page; the tree is used up."""
    title = " ".join((root.findtext(".//title") or "").split())
    body = root.find("body")
    pictured = [" ".join(picture.get("alt", "").split()) for picture in root.iter("img")]
    markdown = _markdown(body if body is not None else root)
    markdown = markdown or "\n\n".join(words for words in pictured if words)
    if not markdown and not title:
        raise Unreadable("it has no text")
    return Content(markdown or title, markdown=True, title=title or None)


def marks_content(root: Any) -> bool:
    """Whether the page says which part of it is the content."""
    return any(len(root.findall(path)) == 1 for path in _MARKED)


def _markdown(body: Any) -> str:
    _prune(body, _is_invisible)
    everything = _length(body)
    pruned = copy.deepcopy(body) if everything else body
    _prune(pruned, _is_furniture)
    if _length(pruned) < _ENOUGH * everything:
        pruned = body
    return "\n\n".join(_blocks(_main(pruned)))


def _prune(root: Any, unwanted: Any) -> None:
    for element in list(root.iter()):
        if element is not root and unwanted(element):
            element.drop_tree() if hasattr(element, "drop_tree") else _drop(element)


def _drop(node: Any) -> None:
    """A comment or processing instruction goes, the text behind it stays."""
    parent = node.getparent()
    if parent is not None:
        before = node.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + (node.tail or "")
        else:
            parent.text = (parent.text or "") + (node.tail or "")
        parent.remove(node)


def _is_invisible(element: Any) -> bool:
    if not isinstance(element.tag, str) or element.tag in _DROPPED:
        return True
    return (
        "hidden" in element.attrib
        or element.get("aria-hidden") == "true"
        or bool(_HIDDEN_STYLE.search(element.get("style", "")))
    )


def _is_furniture(element: Any) -> bool:
    if element.tag in _HEADINGS or element.tag in ("main", "article", "body", "html"):
        return False
    if element.get("role") in _DROPPED_ROLES:
        return True
    if element.tag in ("header", "footer", "aside"):
        return not any(above.tag in ("article", "main") for above in element.iterancestors())
    return bool(_FURNITURE.search(f"{element.get('class', '')} {element.get('id', '')}"))


def _main(body: Any) -> Any:
    """The one part that is marked as the content, if it holds enough of the text."""
    for path in _MARKED:
        found = body.findall(path)
        if len(found) == 1 and _length(found[0]) >= _ENOUGH * _length(body):
            return found[0]
    return body


def _length(element: Any) -> int:
    return sum(len(part.strip()) for part in element.itertext())


def _blocks(element: Any) -> Iterator[str]:
    """The blocks in an element; loose text between them is a paragraph of its own."""
    loose: list[str] = [element.text or ""]
    for child in element:
        if child.tag in _INLINE:
            loose.append(_inline(child))
        elif child.tag == "br":
            loose.append("\n")
        else:
            yield from _paragraph("".join(loose))
            loose = []
            yield from _block(child)
        loose.append(child.tail or "")
    yield from _paragraph("".join(loose))


def _paragraph(text: str) -> Iterator[str]:
    lines = (" ".join(line.split()) for line in text.split("\n\n"))
    for line in lines:
        if line:
            yield line


def _block(element: Any) -> Iterator[str]:
    tag = element.tag
    if tag in _HEADINGS:
        if words := " ".join(_text(element).split()).strip("§¶# "):
            yield f"{'#' * int(tag[1])} {words}"
    elif tag == "pre":
        code = "".join(element.itertext()).strip("\n")
        if code.strip():
            yield f"```\n{code}\n```"
    elif tag in ("ul", "ol", "menu"):
        if listed := _list(element, ordered=tag == "ol"):
            yield listed
    elif tag == "table":
        yield from _table(element)
    elif tag == "blockquote":
        for block in _blocks(element):
            yield "\n".join(f"> {line}" for line in block.split("\n"))
    elif tag == "dt":
        yield from _paragraph(f"{_text(element).strip()}:")
    else:
        yield from _blocks(element)


def _list(element: Any, ordered: bool) -> str:
    items = []
    for number, child in enumerate(element, 1):
        blocks = list(_blocks(child))
        if not blocks:
            continue
        mark = f"{number}. " if ordered else "- "
        indent = " " * len(mark)
        body = "\n".join(blocks).replace("\n", f"\n{indent}")
        items.append(mark + body)
    return "\n".join(items)


def _table(element: Any) -> Iterator[str]:
    """A data table as a table; one that only arranges blocks, as its blocks."""
    cells = list(_rows(element))
    nested = any(cell.find(".//table") is not None for row in cells for cell in row)
    if nested or max((len(row) for row in cells), default=0) < 2:
        for row in cells:
            for cell in row:
                yield from _blocks(cell)
        return
    if (caption := element.find("caption")) is not None:
        yield from _paragraph(_text(caption))
    if table := markdown_table([" ".join(_blocks(cell)) for cell in row] for row in cells):
        yield table


def _rows(part: Any) -> Iterator[list[Any]]:
    """The cells of each row, also where a page leaves out rows or cells."""
    loose: list[Any] = []
    for child in _cells(part):
        if child.tag in ("td", "th"):
            loose.append(child)
            continue
        if loose:
            yield loose
            loose = []
        if child.tag == "tr":
            yield list(_cells(child))
        elif child.tag in ("thead", "tbody", "tfoot") or child.find(".//tr") is not None:
            yield from _rows(child)
        elif child.tag not in ("caption", "colgroup", "col"):
            yield [child]
    if loose:
        yield loose


def _cells(parent: Any) -> Iterator[Any]:
    """What stands in a row or table; text beside its cells is a cell too."""
    texts = [parent.text, *(child.tail for child in parent)]
    for text, child in zip(texts, [*parent, None], strict=True):
        if text and text.strip():
            cell = parent.makeelement("td")
            cell.text = text
            yield cell
        if child is not None:
            yield child


def _inline(element: Any) -> str:
    if element.tag == "code":
        code = "".join(element.itertext())
        return f"`{code}`" if code.strip() and "`" not in code else code
    if element.tag == "img":
        return ""
    words = _text(element)
    link = element.get("href", "") if element.tag == "a" else ""
    if (
        link.startswith(("http://", "https://"))
        and words.strip()
        and not re.search(r"[\s()]", link)
    ):
        return f"[{' '.join(words.split())}]({link})"
    return words


def _text(element: Any) -> str:
    """The words of an element, blocks in it included."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == "br":
            parts.append(" ")
        else:
            parts.append(_inline(child) if child.tag in _INLINE else f" {_text(child)} ")
        parts.append(child.tail or "")
    return "".join(parts)
