"""One module per kind of file: bytes in, Markdown out. They run in the reading process."""
