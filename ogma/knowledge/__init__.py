"""From files to passages found: readers, chunks, the embedding model, the index, the fusion."""
