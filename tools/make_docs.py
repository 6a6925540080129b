"""Build the manual: the chapters of docs/, with the keys, commands, rules and limits described from the program itself.

The folder `dist/docs/source/` holds the chapters of docs/ and those that are made here, as one guide; its books are in `dist/docs/`.
"""

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from inspect import cleandoc
from pathlib import Path
from textwrap import dedent

import click

from studyguide.authoring import list_keys
from studyguide.cli import cli
from studyguide.limits import LIMITS, Limit
from studyguide.markdown_blocks import parse_blocks
from studyguide.model import CHAPTER_ENDINGS, IMAGE_ENDINGS
from studyguide.problems import Rule
from studyguide.reading.dates import EPOCH_VARIABLE, find_moment
from studyguide.reading.keys import EXAM, Key, describe_values, write_brackets
from studyguide.reading.project import read_rules
from studyguide.toml_text import format_toml
from tools import ROOT
from tools.program import run_build, set_environment

DOCS = ROOT / "docs"
OUT = ROOT / "dist" / "docs"
EDITIONS = ("guide", "tablet", "web")
"""The editions of the manual: it has no use for those without questions or without answers."""
KEYS, COMMANDS, RULES, LIMITED = "90-keys.md", "92-commands.md", "94-rules.md", "96-limits.md"
"""The files of the chapters that are made here, after those of docs/."""
_MADE_FOR = {
    "README.md#keys-of-guidetoml": KEYS,
    "README.md#commands": COMMANDS,
    "rules/README.md": RULES,
    "../SECURITY.md#limits": LIMITED,
}
"""The chapter that a link leads to in the manual, by the page that it leads to on GitHub."""

_LINK_OR_CODE = re.compile(
    r"(?<!`)(?P<mark>`+)(?!`).+?(?<!`)(?P=mark)(?!`)"
    r"|(?<![!\\])\[(?P<words>(?:[^\[\]`]|`[^`]*`)*)\]\((?P<target>[^()\s]+)\)"
)
_RULE_PAGE = re.compile(r"(?:rules/)?(?P<name>[\w-]+)\.md$")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_GEORGIAN = re.compile("[\u10a0-\u10ff]")


# ---------------------------------------------------------------- chapters of docs/


def collect_chapters(pages: Mapping[str, str], security: str) -> dict[str, str]:
    """Return the chapters of the manual, file name → Markdown: the pages of docs/ and the chapters made from the program.

    ``security`` is the text of SECURITY.md, which has the limits in words.
    """
    return {
        **{name: change_links(text, _point_into_manual) for name, text in pages.items()},
        KEYS: describe_keys(list_keys()),
        COMMANDS: describe_commands(cli),
        RULES: describe_rules(read_rules().values()),
        LIMITED: describe_limits(list_limits(security)),
    }


def change_links(text: str, change: Callable[[str], str]) -> str:
    """Return Markdown with the target of each link changed; a link whose target becomes empty is its words. Code stays as it is."""

    def replace_link(found: re.Match[str]) -> str:
        if found["mark"]:
            return found[0]
        target = change(found["target"])
        return f"[{found['words']}]({target})" if target else found["words"]

    lines = text.split("\n")
    code = _find_code_lines(text)
    return "\n".join(
        line if number in code else _LINK_OR_CODE.sub(replace_link, line) for number, line in enumerate(lines)
    )


def _point_into_manual(target: str) -> str:
    """Return where a link of a page in docs/ leads in the manual; empty for a file that the manual does not hold."""
    if target in _MADE_FOR:
        return _MADE_FOR[target]
    if target.startswith("rules/") and (page := _RULE_PAGE.match(target)):
        return f"#{_name_rule(page['name'])}"
    return "" if target.startswith("../") else target


def _find_code_lines(text: str) -> set[int]:
    """Return the lines of code, counted from 0."""
    blocks = (block for block in parse_blocks(text) if block.kind in ("fence", "code"))
    return {line for block in blocks for line in range(block.start, block.end)}


def _write_front_matter(title: str, summary: str) -> str:
    return f"---\ntitle: {title}\nsummary: {summary}\nkind: prose\n---\n"


# ---------------------------------------------------------------- keys


_KEYS_LEAD = """\
All keys are optional. `studyguide explain page` says of one what this chapter says, with an example, and an editor completes them
([Editors and shells](70-editors.md)). `NAME` is the name of your edition or part.
"""


def describe_keys(keys: Iterable[Key]) -> str:
    """Return the chapter of the keys of guide.toml: a section for each table, and for the keys that some editions have."""
    head = _write_front_matter(
        "Keys of guide.toml", "Each key, what it does, the values that it may have, and its default."
    )
    tables = {each.brackets: each.description for each in keys if each.brackets}
    sections: dict[tuple[str, tuple[str, ...]], list[Key]] = {}
    for each in keys:
        if not each.brackets:
            sections.setdefault((each.table, each.owners), []).append(each)
    return "\n".join([head, _KEYS_LEAD, *(_describe_table(*place, own, tables) for place, own in sections.items())])


def _describe_table(table: str, owners: tuple[str, ...], keys: Iterable[Key], descriptions: Mapping[str, str]) -> str:
    """Return the section of a table, or of those of its keys that only editions of ``owners`` have."""
    brackets = write_brackets(table) if table else ""
    title = f"`{brackets}`{_write_owners(owners)}" if table else "The guide"
    lead = descriptions.get(brackets, "") if table else "These stand above all tables."
    name = "-".join(("keys", *(table or "guide").lower().split("."), *owners))
    entries = ["Its keys are those of `[look]`.\n"] if table.endswith(".look") else map(_describe_key, keys)
    return "\n".join([f"## {title} {{#{name}}}", "", *([] if owners else [lead, ""]), *entries])


def _write_owners(owners: tuple[str, ...]) -> str:
    """Return the words of a heading for the editions that have some keys: `` with `output = "epub"` or `"web"` ``."""
    if not owners:
        return ""
    if owners == (EXAM,):
        return " of an exam"
    *others, last = (f'`"{name}"`' for name in owners)
    words = f"{', '.join(others)} or {last}" if others else last
    return f" with `output = {words[1:]}"


def _describe_key(key: Key) -> str:
    """Return the entry of a key: its name, what it does, the values that it may have, its default and an example."""
    name = f"{key.outer}.{key.name}" if key.outer else key.name
    facts = [f"Values: {each}." for each in describe_values(key)]
    if key.default is not None:
        facts.append(f"Default: `{format_toml(key.default)}`.")
    facts.append(f"Example: `{key.name} = {format_toml(key.example)}`")
    return f"`{name}`\n: {key.description}\\\n    {' '.join(facts)}\n"


# ---------------------------------------------------------------- limits


_LIMITS_LEAD = """\
A guide may come from a stranger, so everything that it can make large has a limit. Few authors ever reach one. What exceeds a limit is
reported as [over-limit](#rule-over-limit), with its place.
"""


def list_limits(security: str) -> list[tuple[str, Limit]]:
    """Return each limit with the words for what it limits, which stand in SECURITY.md in the order of ``LIMITS``."""
    section = security.partition("\n## Limits\n")[2].partition("\n## ")[0]
    subjects = re.findall(r"^\| (.+) \| \d.* \|$", section, re.MULTILINE)
    return list(zip(subjects, LIMITS.values(), strict=True))


def describe_limits(limits: Iterable[tuple[str, Limit]]) -> str:
    """Return the chapter of the limits, with the remedy of each."""
    head = _write_front_matter("Limits", "How large a guide and its files may be.")
    rows = [f"| {subject} | {limit.maximum:,} {limit.unit} | {limit.fix} |" for subject, limit in limits]
    return "\n".join([head, _LIMITS_LEAD, "| what | the most | what to do |", "| --- | --- | --- |", *rows, ""])


# ---------------------------------------------------------------- rules


_RULES_LEAD = """\
Each problem that is printed ends with the name of its rule in brackets. An error keeps the guide from being built. A warning is told,
and the guide is built, unless `--strict` asks for a guide without warnings.
"""


def describe_rules(rules: Iterable[Rule]) -> str:
    """Return the chapter of the rules: a section for each severity, with the page of each rule in it."""
    head = _write_front_matter("Rules", "Each rule that a guide is checked by, with a wrong and a right example.")
    rules = list(rules)
    groups = {name: [each for each in rules if each.severity == name] for name in ("error", "warning")}
    sections = [text for name, group in groups.items() for text in _describe_rules_of(name, group)]
    return "\n".join([head, _RULES_LEAD, *sections])


def _describe_rules_of(severity: str, rules: Iterable[Rule]) -> Iterator[str]:
    """Yield the parts of the section of a severity: a table of its rules, and the page of each."""
    rules = list(rules)
    yield f"## {severity.capitalize()}s\n\n| rule | what breaks it |\n| --- | --- |"
    yield from (f"| [{each.name}](#{_name_rule(each.name)}) | {each.summary} |" for each in rules)
    yield from ("", *map(_describe_rule, rules))


def _describe_rule(rule: Rule) -> str:
    """Return the page of a rule with its headings two levels deeper and its links into the chapter."""
    lines = change_links(rule.page.strip(), _point_to_rule).split("\n")
    for block in parse_blocks(rule.page.strip()):
        if block.kind == "heading":
            lines[block.start] = f"##{lines[block.start]}"
    page = "\n".join(lines).replace(f"### {rule.name}", f"### {rule.name} {{#{_name_rule(rule.name)}}}", 1)
    return _name_unprintable(page) + "\n"


def _point_to_rule(target: str) -> str:
    """Return where a link of a rule's page leads in the manual; empty for a file that the manual does not hold."""
    if page := _RULE_PAGE.match(target):
        return f"#{_name_rule(page['name'])}"
    return _point_into_manual(target.removeprefix("../"))


def _name_rule(name: str) -> str:
    """Return the identifier of a rule's section."""
    return f"rule-{name}"


def _name_unprintable(text: str) -> str:
    """Return the text with the numbers of characters that nobody sees, or that no face has, instead of them."""
    text = _INVISIBLE.sub(lambda found: f"‹U+{ord(found[0]):04X}›", text)
    return _GEORGIAN.sub("□", text)


# ---------------------------------------------------------------- commands


def describe_commands(group: click.Group) -> str:
    """Return the chapter of the commands: usage, help and options of each, in the order of `--help`."""
    head = _write_front_matter("Commands", "Every command with its options, as --help prints them.")
    context = click.Context(group, info_name="studyguide")
    names = group.list_commands(context)
    return "\n".join([head, *(_describe_command(group.commands[name], name, context) for name in names)])


def _describe_command(command: click.Command, name: str, parent: click.Context) -> str:
    context = click.Context(command, info_name=name, parent=parent)
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    text = "\n\n".join(map(_write_paragraph, cleandoc(command.help or "").split("\n\n")))
    records = [param.get_help_record(context) for param in command.params if isinstance(param, click.Option)]
    options = [f"`{names}`\n: {meaning}\n" for names, meaning in filter(None, records)]
    return "\n".join([f"## {name} {{#command-{name}}}", "", "```text", usage, "```", "", text, "", *options])


def _write_paragraph(text: str) -> str:
    """Return a paragraph of help; one whose lines stay as they are, which begins with a backspace for click, as code."""
    return f"```text\n{dedent(text[2:])}\n```" if text.startswith("\b\n") else text


# ---------------------------------------------------------------- files


def write_source(folder: Path) -> None:
    """Write the chapters, settings and pictures of the manual into a folder, in place of what is there. Raises OSError."""
    pages = {path.name: path.read_text(encoding="utf-8") for path in DOCS.iterdir() if _is_chapter(path)}
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    security = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    for name, text in collect_chapters(pages, security).items():
        (folder / name).write_text(text, encoding="utf-8")
    for path in (DOCS / "guide.toml", *_find_pictures()):
        copy = folder / path.relative_to(DOCS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def _find_pictures() -> tuple[Path, ...]:
    """Return the pictures of docs/ and its folders."""
    return tuple(path for path in sorted(DOCS.rglob("*")) if path.suffix in IMAGE_ENDINGS)


def _is_chapter(path: Path) -> bool:
    return path.suffix in CHAPTER_ENDINGS and path.stem != "README"


def set_docs_environment() -> dict[str, str]:
    """Return the environment in which the books have the time of the newest change of docs/."""
    moment = find_moment(None, DOCS)
    seconds = {EPOCH_VARIABLE: str(int(moment.timestamp()))} if moment else {}
    return {**set_environment(), **seconds}


@click.command()
@click.option("--out", default=OUT, type=click.Path(path_type=Path), metavar="FOLDER", help="Where to.")
def main(out: Path) -> None:
    """Build the manual into dist/docs/."""
    write_source(out / "source")
    editions = [word for name in EDITIONS for word in ("--edition", name)]
    run_build(str(out / "source"), out, ["--strict", *editions], environment=set_docs_environment())


if __name__ == "__main__":
    main()
