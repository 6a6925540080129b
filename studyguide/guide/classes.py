"""The classes of a Passage's HTML: names of the book's own, and names of the author's, which are never one of these.

The stylesheets, and the code that makes pages, know the book by its classes. A class that an author writes, in HTML or as
``{.name}``, gets a prefix that none of the book's classes has.
"""

import re

from studyguide.guide.passage_tree import PassageTree
from studyguide.guide.places import PLACE

OWN_CLASS = "data-\x01own"
"""The attribute with the book's classes until the HTML is sanitised. Its name has a character that no text can have."""
SANITISED_CLASS = "data-own"
"""The name of that attribute behind the sanitiser, which lets none of this name pass."""
AUTHOR_PREFIX = "user-"
"""The beginning of the classes that authors write."""
_BARE_CLASSES = ("footnote", "note-again", "arithmatex")
"""The classes of elements that have no other attribute: later stages know them by their start tag, or replace them."""
_CLASS_NAME = re.compile(r"-?[^\W\d][\w-]*")


def separate_classes(tree: PassageTree) -> None:
    """Set the class of each element: the book's own classes, or else the author's, with the prefix."""
    for element in tree.root.iter("*"):
        own, authors = element.attrib.pop(SANITISED_CLASS, ""), element.attrib.pop("class", "")
        if own in _BARE_CLASSES:
            for name in [each for each in element.attrib if each != PLACE]:
                del element.attrib[name]
        if classes := own or _rename_classes(authors):
            element.set("class", classes)


def _rename_classes(classes: str) -> str:
    """Return an author's classes with the prefix, without those that are no names in CSS."""
    return " ".join(f"{AUTHOR_PREFIX}{each}" for each in classes.split() if _CLASS_NAME.fullmatch(each))
