"""Volume → EPUB: documents, package, page list, accessibility."""
