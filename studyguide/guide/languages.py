"""Languages and directions of a passage: code runs from left to right, and what print cannot set is a Problem."""

from studyguide.bidi import find_misordered_words, show_bidi_controls
from studyguide.guide.passage_tree import PassageTree
from studyguide.problems import Problem
from studyguide.text import is_language_tag

_CODE_TAGS = ("code", "kbd", "pre", "samp")


def show_controls(tree: PassageTree) -> None:
    """Print the bidirectional control characters of code and of titles as their numbers; ``bidi_control`` reports them."""
    for around in (tree.root,) if tree.is_title else tree.root.iter(*_CODE_TAGS):
        for element in around.iter("*"):
            element.text = element.text and show_bidi_controls(element.text)
            if element is not around:
                element.tail = element.tail and show_bidi_controls(element.tail)


def set_code_direction(tree: PassageTree) -> None:
    """Set code from left to right where the text around it runs from right to left."""
    for code in tree.root.iter(*_CODE_TAGS):
        if "rtl" in (tree.direction, *(around.get("dir") for around in code.iterancestors())):
            code.set("dir", "ltr")


def check_languages(tree: PassageTree) -> None:
    """Report each ``lang`` that is no language tag."""
    for element in tree.root.iter():
        tag = element.get("lang")
        if tag is not None and not is_language_tag(tag):
            found, fix = f"`{tag}` is no language", "write its tag, such as `de` or `en-GB`"
            tree.problems.append(Problem(tree.find_place(element), "bad-language", found, fix))


def check_directions(tree: PassageTree) -> None:
    """Report words that would be printed in the wrong order."""
    for element, before, after in find_misordered_words(tree.root, tree.direction):
        found = f"the order of `{before}` and `{after}`, which run against their paragraph, is not supported in print"
        other = "rtl" if tree.direction == "ltr" else "ltr"
        fix = f'put both into one `<span dir="{other}">…</span>`'
        tree.problems.append(Problem(tree.find_place(element), "mixed-directions", found, fix))
