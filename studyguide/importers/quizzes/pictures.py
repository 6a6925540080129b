"""Keep the pictures of a quiz as figures of the guide."""

from studyguide.importers.quizzes.values import Quiz
from studyguide.model import IMAGE_ENDINGS, Asset
from studyguide.svg import simplify_drawing
from studyguide.text import slugify


def can_show(name: str) -> bool:
    """Return True if the file of a picture has a name by which a guide can show it."""
    return name.lower().endswith(IMAGE_ENDINGS)


def keep_picture(quiz: Quiz, name: str, data: bytes) -> str:
    """Add a picture to those of the quiz, if it is not among them; return its path in the guide."""
    stem, _, ending = name.rpartition("/")[2].rpartition(".")
    ending = ending.lower()
    data = simplify_drawing(data) if ending == "svg" else data
    path = f"figures/{slugify(stem)}.{ending}"
    same = next((each for each in quiz.pictures if each.data == data), None)
    if same:
        return same.path
    if any(each.path == path for each in quiz.pictures):
        path = f"figures/{slugify(stem)}-{len(quiz.pictures)}.{ending}"
    quiz.pictures.append(Asset(path, data))
    return path
