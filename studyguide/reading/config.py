"""Read guide.toml: its text → Config, with every mistake as a Problem.

A key of guide.toml is a field of ``Config``, ``Part``, ``Edition``, ``Ignore`` or of an output's options, with ``-`` for ``_``;
the field's default holds where the file is silent, and its metadata may list the allowed values. Without a file, the
built-in parts and editions hold.
"""

import datetime
import json
import re
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields, replace
from itertools import islice
from typing import Any
from unicodedata import normalize
from urllib.parse import urlsplit

from studyguide.bidi import BIDI_CONTROL
from studyguide.colours import is_colour
from studyguide.exams.papers import make_papers
from studyguide.limits import LIMITS, check_limit
from studyguide.locale import REFERENCE, Locale, load_locale
from studyguide.model import Config, EbookOptions, Edition, Exam, Ignore, Look, Part, PrintOptions, Source
from studyguide.output import Output
from studyguide.problems import Place, Problem, shorten_quotation, suggest_names
from studyguide.reading.dates import FIRST_YEAR
from studyguide.reading.own_words import read_own_words
from studyguide.reading.toml_faults import describe_toml_fault, write_header
from studyguide.text import CONTROL_CHARACTER, find_foreign_character, is_language_tag, suggest_language_tag
from studyguide.toml_text import find_key, list_key_lines, parse_toml

# The sections that a question can have: `### Hint` and what follows. Their labels are the language's.
PARTS = (
    Part("hint", "Hint", place="question"),
    Part("answer", "Answer", ("Short answer", "Solution")),
    Part("explanation", "Explanation", ("Why",)),
    Part("pitfalls", "Pitfalls", ("Pitfall", "Common mistakes")),
    Part("follow-ups", "Follow-ups", ("Follow-up", "Follow-up questions")),
)

# The books that are made of every guide. Their titles are the language's.
EDITIONS = (
    Edition("guide"),
    Edition("workbook", suffix="-workbook", key="none", options=PrintOptions(space=5)),
    Edition("answers", suffix="-answers", questions=False),
    Edition("teacher", suffix="-teacher", key="inline"),
    Edition("tablet", output="epub", options=EbookOptions()),
)

_TABLES = ("parts", "editions", "ignore", "look")
"""The keys of guide.toml that hold tables."""

# What a value must be, by the annotation of its field, and how a message calls it.
_TYPES: dict[str, tuple[type, str]] = {
    "tuple[int": (list, "a list of numbers such as `[1, 3, 7]`"),
    "tuple": (list, 'a list such as `["one", "two"]`'),
    "str": (str, "text in quotation marks"),
    "bool": (bool, "`true` or `false`"),
    "float": (float, "a number such as `10.5`"),
    "int": (int, "a number"),
    "date": (datetime.date, "a date such as `2026-01-31`"),
}
MAX_NUMBER = 2**63 - 1
"""The largest number of TOML, for keys that have no limit of their own."""
_NOT_KEYS: Mapping[type, Container[str]] = {
    Config: (
        "problems",
        "is_language_guessed",
        "parts",
        "editions",
        "ignores",
        "cover_place",
        "own_words",
        "look",
        "logo_place",
        "own_figures",
    ),
    Part: ("name",),
    Edition: ("name", "options", "paper", "look"),
    Ignore: ("place",),
}
"""Fields that are filled from tables, from the name in a table's brackets, or by the program."""

# A value of these keys becomes a part of a file's name, which must not lead to another folder.
FILE_NAME_KEYS = ("name", "suffix", "forms")
FILE_NAME = re.compile(r"(?!\.)[\w.\- ]{0,100}")
_FILE_NAME_FIX = "begin with a letter, a digit, `-` or `_`, and write no other marks than `-`, `_` and `.`"
_ADDRESS = re.compile(r"https?://[^\s<>\"'\\?#@]+")
_PAGE_ENDINGS = (".html", ".htm", ".xhtml", ".php")
_DEFAULT_OUTPUT = Edition("").output


def list_key_fields(*types: type) -> tuple[Field[Any], ...]:
    """Return the fields of these dataclasses that are keys of guide.toml."""
    return tuple(each for kind in types for each in fields(kind) if each.name not in _NOT_KEYS.get(kind, ()))


def find_value_type(annotation: str) -> tuple[type, str]:
    """Return the type that a value for a field of this annotation has in TOML, and its name in a message."""
    return next(each for word, each in _TYPES.items() if word in annotation)


_LOOK_HEADER = "[look]"
_GUIDE_KEYS = {each.name for each in list_key_fields(Config)} - {"name"}


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the file."""

    source: Source
    name: str
    """As in its brackets; empty for the keys above all tables."""
    values: Mapping[str, Any]
    problems: list[Problem]
    """Collects the mistakes of the whole file."""
    allowed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Values of keys that depend on the guide, besides those in the fields' metadata."""
    homes: Mapping[str, str] = field(default_factory=dict)
    """The kind of tables that has a key, in brackets with the name of one: ``[editions.guide]`` for ``page``."""
    serial: int = 0
    """Counted from 0, among tables of one name: ``[[ignore]]``."""
    key: str = ""
    """The key whose value it is a part of: ``take``. Empty for a table with a line of its own."""
    inner: str = ""
    """The last name in its brackets, if it has three: ``look`` in ``[editions.pocket.look]``."""

    def find_place(self, key: str) -> Place:
        """Return the place of the line that sets the key."""
        group, _, own = self.name.partition(".")
        names = tuple(filter(None, (group, own, self.inner)))
        return Place(self.source.path, *find_key(self.source.text, names, self.key or key, self.serial))

    @property
    def label(self) -> str:
        """Its name in brackets, as typed."""
        return ".".join(filter(None, (self.name, self.inner)))

    def refuse(self, key: str, found: str, fix: str) -> None:
        """Report a wrong value of the key."""
        self.problems.append(Problem(self.find_place(key), "wrong-value", found, fix))

    def read_fields(self, *types: type) -> dict[str, Any]:
        """Return the values that are fields of these dataclasses, by the fields' names, and report all others."""
        known = {each.name: each for each in list_key_fields(*types)}
        taken: dict[str, Any] = {}
        subject, place = (f"`[{self.label}]`" if self.name else "guide.toml"), self.find_place("")
        self.problems.extend(check_limit("keys", len(self.values), subject, place))
        for key, given in islice(self.values.items(), LIMITS["keys"].maximum):
            name = key.replace("-", "_") if "_" not in key else ""  # a key has hyphens where its field has underscores
            value = _expand_switch(given, known[name].metadata) if name in known else given
            if name not in known:
                self._report_unknown_key(key, [each.replace("_", "-") for each in known])
            elif kind := known[name].metadata.get("tables"):
                taken[name] = self._read_tables(key, value, kind, known[name].metadata["limit"])
            elif expected := _find_type_mistake(value, str(known[name].type)):
                bare = ", without quotation marks" if isinstance(value, str) and "list" not in expected else ""
                self.refuse(key, f"`{key}` is `{_format_value(value)}`", f"write {expected}{bare}")
            else:
                allowed = self.allowed.get(key) or known[name].metadata.get("one_of")
                limit = known[name].metadata.get("limit", "")
                is_list = isinstance(value, list)
                entries = tuple(self.limit_number(limit or "list", key, value)) if is_list else (value,)
                metadata = known[name].metadata
                for each in entries:
                    self._check_value(key, each, allowed, metadata.get("each", limit), metadata)
                if is_list and not all(str(each).strip() for each in entries):
                    self.refuse(key, f"`{key}` has an entry without text", "write its text, or take it out")
                if known[name].metadata.get("is_address"):
                    value = self._read_address(key, value.strip())
                taken[name] = entries if is_list else value.strip() if isinstance(value, str) else value
        return taken

    def _read_address(self, key: str, value: str) -> str:
        """Return the address of a folder of web pages, with `/` at its end; an empty text for one that is none, which is reported."""
        if not value or _is_folder_address(value):
            return f"{value.removesuffix('/')}/" if value else ""
        found = f"`{key}` is `{shorten_quotation(value)}`"
        self.refuse(key, found, "write the address of a folder, such as `https://example.org/guide/`")
        return ""

    def _read_tables(self, key: str, value: Any, kind: type, limit: str) -> tuple[Any, ...]:
        """Return the tables of a list, each as this dataclass."""
        if not isinstance(value, list) or not value or not all(isinstance(each, dict) for each in value):
            known = ", ".join(f"`{each.name}`" for each in fields(kind))
            self.refuse(
                key, f"`{key}` is no list of tables", f"write `{key} = [{{ count = 10 }}]`; each table may have {known}"
            )
            return ()
        tables = (replace(self, values=each, key=key) for each in self.limit_number(limit, key, value))
        return tuple(kind(**table.read_fields(kind)) for table in tables)

    def limit_number(self, limit: str, key: str, entries: Collection[Any]) -> Iterator[Any]:
        """Yield the entries of a key, no more than the limit of this name allows, and report if there are more."""
        self.problems.extend(check_limit(limit, len(entries), f"`{key}`", self.find_place(key)))
        return islice(entries, LIMITS[limit].maximum)

    def _report_unknown_key(self, key: str, known: Sequence[str]) -> None:
        if self.name and not self.key and key in _GUIDE_KEYS:
            first = next((f"`{write_header(each)}`" for each in list_key_lines(self.source.text) if each.brackets), "")
            found = f"`{key}` is a key of the guide, and stands in `[{self.label}]`"
            also = ", and `title` with it if that is the guide's" if "title" in self.values else ""
            fix = f"move it above {first or 'all tables, to a line of its own'}{also}"
            self.problems.append(Problem(self.find_place(key), "unknown-key", found, fix))
            return
        if key in self.homes and not self.key:
            self._report_misplaced_key(key, self.homes[key])
            return
        where = f"in `{self.key}`" if self.key else f"in `[{self.label}]`" if self.name else "in guide.toml"
        fix = suggest_names(key, [*known, *(() if self.name else _TABLES)])
        found = f"there is no key `{shorten_quotation(key)}` {where}"
        self.problems.append(Problem(self.find_place(key), "unknown-key", found, fix))

    def _report_misplaced_key(self, key: str, home: str) -> None:
        """Report a key that other tables have, with the line that begins one of them."""
        is_named = "." in home
        if home == _LOOK_HEADER and self.name.startswith("editions.") and not self.inner:
            home, is_named = f"[{self.name}.look]", False
        group = home.partition(".")[0]
        headers = (each for each in list_key_lines(self.source.text) if each.brackets)
        like = (write_header(each) for each in headers if not is_named or len(each.names) == len(home.split(".")))
        own = next((each for each in like if each == home or (is_named and each.startswith(f"{group}."))), "")
        kind = f"{group}.…]" if is_named else home
        fix = f"move it below the line `{own}`" if own else f"write it below a line `{home}`"
        found = (
            f"`{key}` is a key of `{kind}`, and stands {f'in `[{self.label}]`' if self.name else 'above all tables'}"
        )
        self.problems.append(Problem(self.find_place(key), "unknown-key", found, fix))

    def _check_value(
        self, key: str, value: Any, allowed: Sequence[str] | None, limit: str, metadata: Mapping[str, Any]
    ) -> None:
        """Report what is wrong with a value of the right type, or with an entry of a list; ``limit`` is that of the key, or empty."""
        if allowed is not None and value not in allowed:
            self.refuse(key, f"`{key}` is `{shorten_quotation(str(value))}`", suggest_names(str(value), allowed))
        elif fix := _find_look_mistake(value, metadata):
            self.refuse(key, f"`{key}` is `{shorten_quotation(str(value))}`", fix)
        elif isinstance(value, str):
            self.problems.extend(self._find_unwritable(key, value))
            limit = limit if limit == "setting" else "title"
            self.problems.extend(check_limit(limit, len(value), f"`{key}`", self.find_place(key)))
        elif isinstance(value, datetime.date):
            if value.year < FIRST_YEAR:
                self.refuse(key, f"`{key}` is `{value}`", f"write a date from the year {FIRST_YEAR} on")
        elif isinstance(value, int) and not isinstance(value, bool) and "within" not in metadata:
            most = LIMITS[limit].maximum if limit else MAX_NUMBER
            if value < 0 or (value > most and not limit):
                self.refuse(key, f"`{key}` is `{value}`", f"write a number from 0 to {most:,}")
            elif limit:
                self.problems.extend(check_limit(limit, value, f"`{key}`", self.find_place(key)))

    def _find_unwritable(self, key: str, text: str) -> Iterator[Problem]:
        """Find characters that no book can hold, and names that no file can have."""
        if control := CONTROL_CHARACTER.search(text):
            found = f"`{key}` has a character that cannot be printed, U+{ord(control[0]):04X}"
            yield Problem(self.find_place(key), "wrong-value", found, "delete it")
        elif control := BIDI_CONTROL.search(text):
            found = f"`{key}` has U+{ord(control[0]):04X}, which turns the order of letters"
            yield Problem(self.find_place(key), "wrong-value", found, "delete it; your editor may not show it")
        elif key in FILE_NAME_KEYS and not FILE_NAME.fullmatch(text):
            found = f"`{key}` is `{shorten_quotation(text)}`"
            yield Problem(self.find_place(key), "wrong-value", found, _FILE_NAME_FIX)


def _is_folder_address(text: str) -> bool:
    """Return True for the address of a folder of web pages: with a host, and without a user, a query, a fragment or the name of a page."""
    if not _ADDRESS.fullmatch(text):
        return False
    try:
        url = urlsplit(text)
        is_whole = bool(url.hostname) and url.port != 0
    except ValueError:  # half an address of IPv6, or a port that there cannot be
        return False
    return is_whole and not url.path.lower().endswith(_PAGE_ENDINGS)


def _expand_switch(value: Any, metadata: Mapping[str, Any]) -> Any:
    """Return the list that ``true`` stands for, or the empty one for ``false``, if the key has such a list."""
    if not isinstance(value, bool) or "if_true" not in metadata:
        return value
    return list(metadata["if_true"]) if value else []


def _find_look_mistake(value: Any, metadata: Mapping[str, Any]) -> str:
    """Return the remedy of a colour that is none, or of a number outside of its limits; empty for a right value."""
    if metadata.get("colour") and value and not is_colour(value):
        return "write a colour as `#` and six digits from 0 to f, such as `#0c4a63`"
    if "within" in metadata:
        low, high = metadata["within"]
        return "" if low <= value <= high else f"write a number from {low:g} to {high:g}"
    return ""


def _find_type_mistake(value: Any, annotation: str) -> str:
    """Return what a value for a field of this annotation has to be, in words; empty if it is that."""
    kind, expected = find_value_type(annotation)
    if kind is float and type(value) is int:
        return ""
    is_wrong = not isinstance(value, kind) or isinstance(value, datetime.datetime)  # a date with a time
    is_wrong |= kind is int and isinstance(value, bool)
    entry = int if "tuple[int" in annotation else str
    if is_wrong or (kind is list and not all(type(each) is entry for each in value)):
        return expected
    return ""


def _format_value(value: Any) -> str:
    """Return a value as the file writes it, without quotation marks; of a long one the beginning."""
    return shorten_quotation(json.dumps(value, ensure_ascii=False, default=str).strip('"'))


def configure(
    source: Source | None,
    outputs: Mapping[str, Output],
    pages: Iterable[str],
    guess_language: Callable[[], str] = lambda: REFERENCE,
    words: Sequence[Source] = (),
) -> Config:
    """Return the configuration and, in it, the mistakes.

    ``outputs`` has every form of book by its name, ``pages`` the page sizes that an edition may name; ``guess_language`` is called
    for the tag of the language if the source states none; ``words`` are the guide's own words.
    """
    if source is None:
        language = guess_language()
        locale = load_locale(language)
        parts, editions = _translate_parts(locale), _translate_editions(locale)
        return Config(language=language, is_language_guessed=True, parts=parts, editions=editions)
    try:
        data = parse_toml(source.text)
    except ValueError as error:
        unread = configure(None, outputs, pages, guess_language)
        return replace(unread, problems=(describe_toml_fault(source, error),))
    problems: list[Problem] = []
    homes = _list_homes(outputs)
    tables = {key: data.pop(key, {}) for key in ("parts", "editions")}
    ignored, look = data.pop("ignore", []), data.pop("look", {})
    top = Table(source, "", data, problems, homes=homes)
    for key, group in tables.items():
        if not isinstance(group, dict) or not all(isinstance(each, dict) for each in group.values()):
            top.refuse(key, f"`{key}` is no table", f"write a table for each: `[{key}.name]`")
            tables[key] = {}
        tables[key] = dict(top.limit_number(key, key, tables[key].items()))
    if not isinstance(ignored, list) or not all(isinstance(each, dict) for each in ignored):
        top.refuse("ignore", "`ignore` is no table", "write a table for each: `[[ignore]]`")
        ignored = []
    is_guessed = "language" not in top.values
    language = guess_language() if is_guessed else _read_language(top)
    own_words = read_own_words(words, problems)
    locale = load_locale(language, own=own_words)
    parts = _merge_parts(top, tables["parts"], _translate_parts(locale))
    built_in = _translate_editions(locale)
    allowed = {
        "output": tuple(outputs),
        "page": tuple(pages),
        **_list_names(parts, built_in, tables["editions"], outputs),
    }
    editions = _merge_editions(top, tables["editions"], built_in, outputs, allowed, locale)
    config = Config(**top.read_fields(Config))
    return replace(
        config,
        language=language,
        is_language_guessed=is_guessed,
        own_words=own_words,
        look=_read_look(top, Table(source, "look", look, problems, homes=homes)),
        cover_place=top.find_place("cover"),
        logo_place=top.find_place("logo"),
        parts=parts,
        editions=tuple(_complete_edition(each, config) for each in editions),
        ignores=tuple(
            _read_ignore(Table(source, "ignore", each, problems, homes=homes, serial=serial))
            for serial, each in enumerate(top.limit_number("ignores", "ignore", ignored))
        ),
        problems=tuple(problems),
    )


def _list_homes(outputs: Mapping[str, Output]) -> Mapping[str, str]:
    """Return the brackets of a table that may have a key, for each key that is none of the guide's."""
    names = {each.output: each.name for each in reversed(EDITIONS)}
    groups: list[tuple[str, tuple[type, ...]]] = [
        (_LOOK_HEADER, (Look,)),
        (f"[parts.{PARTS[0].name}]", (Part,)),
        (f"[editions.{EDITIONS[0].name}]", (Edition,)),
        *((f"[editions.{names.get(name, name)}]", (output.options,)) for name, output in outputs.items()),
        ("[editions.midterm]", (Exam,)),
        ("[[ignore]]", (Ignore,)),
    ]
    homes: dict[str, str] = {}
    for brackets, kinds in groups:
        for each in list_key_fields(*kinds):
            homes.setdefault(each.name.replace("_", "-"), brackets)
    return homes


def _read_look(owner: Table, table: Table) -> Look:
    """Return the look that a table describes; ``owner`` is the table that it stands in."""
    if not isinstance(table.values, dict):
        owner.refuse("look", "`look` is no table", f"write a table: `[{table.label}]`")
        return Look()
    taken, metadata = table.read_fields(Look), {each.name: each.metadata for each in fields(Look)}
    return Look(**{name: value for name, value in taken.items() if not _find_look_mistake(value, metadata[name])})


def _complete_edition(edition: Edition, config: Config) -> Edition:
    """Return the edition with what its options and the keys of the guide say of it."""
    key = "inline" if edition.options.answers_inline else edition.key
    time = config.speaking_time if edition.speaking_time is None else edition.speaking_time
    return replace(edition, key=key, speaking_time=time)


def _read_language(top: Table) -> str:
    """Return the tag of the guide's language; English if it is none, which is reported."""
    language = top.values["language"]
    if not isinstance(language, str):
        return REFERENCE
    if is_language_tag(language):
        return language
    found = f"`{shorten_quotation(language)}` is no language" if language else "`language` is empty"
    place = top.find_place("language")
    top.problems.append(Problem(place, "bad-language", found, suggest_language_tag(language)))
    return REFERENCE


def _list_names(
    parts: Iterable[Part], built_in: Iterable[Edition], tables: Mapping[str, Any], outputs: Mapping[str, Output]
) -> dict[str, tuple[str, ...]]:
    """Return the values of the keys of an edition that name parts, or an edition with pages."""
    names = tuple(part.name for part in parts)
    chosen = {each.name: each.output for each in built_in}
    chosen |= {name: values.get("output", chosen.get(name, _DEFAULT_OUTPUT)) for name, values in tables.items()}
    exams = {name for name, values in tables.items() if "take" in values}
    paged = (
        name
        for name, output in chosen.items()
        if isinstance(output, str) and output in outputs and outputs[output].has_pages and name not in exams
    )
    return {"with-question": names, "in-key": names, "pages": ("", *paged)}


def _read_ignore(table: Table) -> Ignore:
    ignore = Ignore(**table.read_fields(Ignore), place=table.find_place("rule"))
    for key, value, fix in (
        ("rule", ignore.rule, 'write `rule = "near-twins"`, or another warning that `studyguide rules` lists'),
        ("reason", ignore.reason, 'write `reason = "…"`, and in it why the warning is to stand'),
    ):
        if not value.strip():
            table.problems.append(Problem(ignore.place, "incomplete-ignore", f"this ignore has no `{key}`", fix))
    return ignore


def _translate_parts(locale: Locale) -> tuple[Part, ...]:
    """Return the built-in parts with the language's labels; the English words are understood in every language."""
    labels = locale.parts
    return tuple(
        replace(part, label=labels.get(part.name, part.label), names=(part.label, *part.names)) for part in PARTS
    )


def _translate_editions(locale: Locale) -> tuple[Edition, ...]:
    titles = locale.editions
    return tuple(replace(edition, title=titles.get(edition.name, "")) for edition in EDITIONS)


def _merge_parts(top: Table, tables: Mapping[str, Any], built_in: Iterable[Part]) -> tuple[Part, ...]:
    """Return the built-in parts with the file's changes, then the parts that only the file has."""
    merged = {each.name: each for each in built_in}
    for name, values in tables.items():
        table = Table(top.source, f"parts.{name}", values, top.problems, homes=top.homes)
        if not name or find_foreign_character(name) or len(name) > LIMITS["title"].maximum:
            fix = "write letters, digits, `-` and `_`, a letter first; `label` is the word that the books print"
            table.refuse("", f"a table of `parts` is named `{shorten_quotation(name)}`", fix)
        taken = table.read_fields(Part)
        if "label" in taken and not taken["label"].strip():
            table.refuse("label", "`label` is empty", "write the word that the books print, or leave the key out")
        merged[name] = replace(merged.get(name, Part(name, name.capitalize())), **taken)
    _report_shared_words(top, merged.values(), tables)
    return tuple(merged.values())


def _report_shared_words(top: Table, parts: Iterable[Part], tables: Container[str]) -> None:
    """Report words that would begin two parts: an author who writes one of them means one of the two."""
    owners: dict[str, Part] = {}
    for part in parts:
        for word in {each.casefold(): each for each in (part.name, *part.words)}.values():
            owner = owners.setdefault(word.casefold(), part)
            if owner is not part:
                own, other = (part, owner) if part.name in tables else (owner, part)
                table = Table(top.source, f"parts.{own.name}", {}, top.problems)
                found = f"`### {word}` would begin the parts `{own.name}` and `{other.name}`"
                fix = "write another word"
                if word.casefold() not in (other.name.casefold(), other.label.casefold()):
                    fix += f", or `names` without it in `[parts.{other.name}]`"
                if own.name.casefold() == other.name.casefold():
                    fix = f"write `[parts.{other.name}]`"
                table.refuse("names" if word in own.names else "label", found, fix)


def _merge_editions(
    top: Table,
    tables: Mapping[str, Any],
    built_in: Iterable[Edition],
    outputs: Mapping[str, Output],
    allowed: Mapping[str, Sequence[str]],
    locale: Locale,
) -> tuple[Edition, ...]:
    """Return the built-in editions with the file's changes, then the editions that only the file has; of an exam, its books."""
    merged = {each.name: each for each in built_in}
    exams: dict[str, Exam] = {}
    owners: dict[str, str] = {}
    for output in outputs.values():
        for each in fields(output.options):
            owners.setdefault(each.name, output.name)
    for name, values in tables.items():
        if not name or not FILE_NAME.fullmatch(name):
            bad = Table(top.source, f"editions.{name}", values, top.problems)
            bad.refuse("", f"a table of `editions` is named `{shorten_quotation(name)}`", _FILE_NAME_FIX)
            continue
        look = values.get("look", {})
        keys = {key: value for key, value in values.items() if key != "look"}
        table = Table(top.source, f"editions.{name}", keys, top.problems, allowed, top.homes)
        taken = table.read_fields(Edition, Exam, *(output.options for output in outputs.values()))
        exam = Exam(**{each.name: taken.pop(each.name) for each in fields(Exam) if each.name in taken})
        edition = merged.get(name, Edition(name, title=name.capitalize(), suffix=f"-{name}"))
        own_look = _read_look(table, replace(table, values=look, inner="look"))
        common = {each.name: taken.pop(each.name) for each in fields(Edition) if each.name in taken}
        edition = replace(edition, look=own_look, **common)
        options = edition.options
        if edition.output in outputs and not isinstance(options, outputs[edition.output].options):
            options = outputs[edition.output].options()
        own = {each.name: taken.pop(each.name) for each in fields(options) if each.name in taken}
        for other in taken if edition.output in outputs else ():
            key = other.replace("_", "-")
            found = f'`{key}` is a key of editions with `output = "{owners[other]}"`, and `{name}` has `output = "{edition.output}"`'
            fix = f'take it out, or write `output = "{owners[other]}"`'
            top.problems.append(Problem(table.find_place(key), "unknown-key", found, fix))
        merged[name] = replace(edition, options=replace(options, **own))
        if exam != Exam():
            _check_exam(table, merged[name], exam)
        if exam.take:
            exams[name] = exam
    books = [
        book
        for edition in merged.values()
        for book in (make_papers(edition, exams[edition.name], locale) if edition.name in exams else (edition,))
    ]
    top.problems.extend(check_limit("books", len(books), "`editions`", top.find_place("editions")))
    _report_shared_files(top, books, tables, outputs)
    return tuple(books[: LIMITS["books"].maximum])


def _check_exam(table: Table, edition: Edition, exam: Exam) -> None:
    """Report settings of an exam that do not go together."""
    if "take" not in table.values:
        key = next(each.name.replace("_", "-") for each in fields(Exam) if each.name.replace("_", "-") in table.values)
        found = f"`{key}` is a key of an exam, and `{edition.name}` takes no questions"
        table.refuse(key, found, "write `take = [{ count = 10 }]`, or take the key out")
    for key in ("key", "questions"):
        if key in table.values:
            table.refuse(key, f"`{edition.name}` is an exam, whose key is a file of its own", f"take `{key}` out")
    for key in ("review", "sheets"):
        if table.values.get(key):
            table.refuse(key, f"`{key}` is not for an exam, and `{edition.name}` is one", f"take `{key}` out")
    if edition.output != _DEFAULT_OUTPUT:
        fix = "take `output` out" if "output" in table.values else f"give the exam another name than `{edition.name}`"
        table.refuse("output", f"`{edition.name}` is an exam, and an exam is printed", fix)
    if any(take.count == 0 for take in exam.take):
        table.refuse("take", "`count` is `0`", "write a number from 1 on, or leave `count` out for all questions")
    names = [form.strip().casefold() for form in exam.forms]
    if twice := next((form for form in exam.forms if names.count(form.strip().casefold()) > 1), None):
        table.refuse("forms", f"`forms` has `{twice}` twice", "give each form a name of its own")


def _report_shared_files(
    top: Table, editions: Iterable[Edition], tables: Container[str], outputs: Mapping[str, Output]
) -> None:
    """Report editions that would write one file, also where a disk takes small and capital letters for the same."""
    owners: dict[tuple[str, str], Edition] = {}
    for edition in editions:
        owner = owners.setdefault((edition.output, normalize("NFC", edition.suffix).casefold()), edition)
        if owner is not edition:
            own, other = (edition, owner) if edition.table in tables else (owner, edition)
            ending = outputs[own.output].ending if own.output in outputs else own.output
            if own.table == other.table:
                _report_forms_of_one_file(top, edition, owner)
                continue
            found = (
                f"the editions `{own.name}` and `{other.name}` would be written to one file, `…{own.suffix}.{ending}`"
            )
            table = Table(top.source, f"editions.{own.table}", {}, top.problems)
            table.refuse("suffix", found, "give one of them another `suffix`")


def _report_forms_of_one_file(top: Table, edition: Edition, other: Edition) -> None:
    """Report a form whose name ends as the files of another do: `A-key` beside `A`. `_check_exam` reports two of one name."""
    forms = [each.paper.form for each in (other, edition) if each.paper]
    if len({form.strip().casefold() for form in forms}) > 1:
        table = Table(top.source, f"editions.{edition.table}", {}, top.problems)
        found = f"the forms `{forms[0]}` and `{forms[1]}` would be written to one file, `…{edition.suffix}.{edition.output}`"
        table.refuse("forms", found, "give one of them another name")
