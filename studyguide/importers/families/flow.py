"""Walk the blocks that stand in the flow of a Document: in no list, no quotation, and in no container that is an answer."""

from collections.abc import Iterator

from studyguide.importers.document import Document, Node


def walk_flow(document: Document, *kinds: str) -> Iterator[Node]:
    """Yield the nodes of these kinds that stand directly in a scope, in the order of their lines."""
    found = [node for scope in document.root.walk() for node in scope.nodes if node.kind in kinds]
    yield from sorted(found, key=lambda node: node.start)
