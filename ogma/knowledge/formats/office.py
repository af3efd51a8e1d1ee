"""Zip archives to Markdown: whichever office document they hold."""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.etree import ElementTree

from ogma.knowledge.content import Content, Unreadable
from ogma.knowledge.formats.package import refuse_bombs, renamed
from ogma.knowledge.formats.slides import read_slides
from ogma.knowledge.formats.word import read_word
from ogma.knowledge.formats.workbook import read_workbook


def read_office(data: bytes) -> Content:
    """A zip archive as the document that it holds; raises Unreadable if it holds none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            refuse_bombs(package, len(data))
            if any("\\" in member.orig_filename for member in package.infolist()):
                data = renamed(package)
                with zipfile.ZipFile(io.BytesIO(data)) as sound:
                    return _read_package(sound, data)
            return _read_package(package, data)
    except (
        *(zipfile.BadZipFile, zlib.error),
        *(KeyError, EOFError, OSError, NotImplementedError),
    ) as error:
        raise Unreadable("it is a damaged archive or office document") from error
    except RuntimeError as error:  # zipfile's word for an encrypted member
        raise Unreadable("it is encrypted with a password") from error
    except ElementTree.ParseError as error:
        raise Unreadable(f"it is a damaged office document ({error})") from error


def _read_package(package: zipfile.ZipFile, data: bytes) -> Content:
    names = set(package.namelist())
    if "word/document.xml" in names:
        return read_word(package)
    if "ppt/presentation.xml" in names:
        return read_slides(package)
    if names & {"xl/workbook.xml", "xl/workbook.bin"}:
        return read_workbook(data, package)
    raise Unreadable("it is a zip archive without a document that can be read")
