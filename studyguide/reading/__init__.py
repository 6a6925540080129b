"""Disk → Project, and the text of guide.toml → Config.

project   the chapters, figures, templates and styles of a build as values; judges files before it reads them
own_files, own_words    the guide's own templates, styles and words, which lie over the program's
package   unpacks a package of questions, within limits
config    reads guide.toml; each key is a field of a dataclass in ``model``
keys      describes those keys to authors, from the docstrings of their fields; ``example.toml`` has an example of each
toml_faults  what keeps a text from being TOML, in words for authors
schema    the keys as a JSON Schema, for editors
starter   the files of a new guide, made of ``templates/new/`` and the keys
dates     the date in the books: from guide.toml, the environment or git
"""
