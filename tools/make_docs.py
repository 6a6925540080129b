"""Build the manual: the chapters of docs/, with the commands and rules described from the program itself.

The folder `dist/docs/source/` holds the chapters of docs/ and those that are made here, as one guide; its books are in `dist/docs/`.
"""

import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from inspect import cleandoc
from pathlib import Path

import click

from studyguide.cli import cli
from studyguide.markdown_blocks import parse_blocks
from studyguide.model import CHAPTER_ENDINGS, IMAGE_ENDINGS
from studyguide.problems import Rule
from studyguide.reading.dates import EPOCH_VARIABLE, find_moment
from studyguide.reading.project import read_rules
from tools import ROOT
from tools.program import run_build, set_environment

DOCS = ROOT / "docs"
OUT = ROOT / "dist" / "docs"
EDITIONS = ("guide", "tablet")
"""The editions of the manual: it has no use for those without questions or without answers."""
COMMANDS, RULES = "92-commands.md", "94-rules.md"
"""The files of the chapters that are made here, after those of docs/."""

_LINK_OR_CODE = re.compile(
    r"(?<!`)(?P<mark>`+)(?!`).+?(?<!`)(?P=mark)(?!`)"
    r"|(?<![!\\])\[(?P<words>(?:[^\[\]`]|`[^`]*`)*)\]\((?P<target>[^()\s]+)\)"
)
_RULE_PAGE = re.compile(r"(?:rules/)?(?P<name>[\w-]+)\.md$")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_GEORGIAN = re.compile("[\u10a0-\u10ff]")


# ---------------------------------------------------------------- chapters of docs/


def collect_chapters(pages: Mapping[str, str], rules: Mapping[str, Rule], group: click.Group) -> dict[str, str]:
    """Return the chapters of the manual, file name → Markdown: the pages of docs/ and the chapters made from the program."""
    chapters = {name: change_links(text, _point_into_manual) for name, text in pages.items()}
    made = {COMMANDS: describe_commands(group), RULES: describe_rules(rules.values())}
    return {**chapters, **made}


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
    if target == "rules/README.md":
        return RULES
    if target.startswith("rules/") and (page := _RULE_PAGE.match(target)):
        return f"#{_name_rule(page['name'])}"
    return "" if target.startswith("../") else target


def _find_code_lines(text: str) -> set[int]:
    """Return the lines of code, counted from 0."""
    blocks = (block for block in parse_blocks(text) if block.kind in ("fence", "code"))
    return {line for block in blocks for line in range(block.start, block.end)}


def _write_front_matter(title: str, summary: str) -> str:
    return f"---\ntitle: {title}\nsummary: {summary}\nkind: prose\n---\n"


# ---------------------------------------------------------------- rules


_RULES_LEAD = """\
Each problem that is printed ends with the name of its rule in brackets. An error keeps the guide from being built. A warning is told,
and the guide is built, unless `--strict` asks for a guide without warnings.
"""


def describe_rules(rules: Iterable[Rule]) -> str:
    """Return the chapter of the rules: the page of each as a section of the chapter."""
    head = _write_front_matter("Rules", "Each rule that a guide is checked by, with a wrong and a right example.")
    rules = list(rules)
    rows = [f"| [{each.name}](#{_name_rule(each.name)}) | {each.severity} | {each.summary} |" for each in rules]
    table = ["| rule | severity | what breaks it |", "| --- | --- | --- |", *rows, ""]
    return "\n".join([head, _RULES_LEAD, *table, *map(_describe_rule, rules)])


def _describe_rule(rule: Rule) -> str:
    """Return the page of a rule with its headings one level deeper and its links into the chapter."""
    lines = change_links(rule.page.strip(), _point_to_rule).split("\n")
    for block in parse_blocks(rule.page.strip()):
        if block.kind == "heading":
            lines[block.start] = f"#{lines[block.start]}"
    page = "\n".join(lines).replace(f"## {rule.name}", f"## {rule.name} {{#{_name_rule(rule.name)}}}", 1)
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
    text = cleandoc(command.help or "").replace("\b\n", "")
    records = [param.get_help_record(context) for param in command.params if isinstance(param, click.Option)]
    options = [f"`{names}`\n: {meaning}\n" for names, meaning in filter(None, records)]
    return "\n".join([f"## {name} {{#command-{name}}}", "", "```text", usage, "```", "", text, "", *options])


# ---------------------------------------------------------------- files


def write_source(folder: Path) -> None:
    """Write the chapters, settings and pictures of the manual into a folder, in place of what is there. Raises OSError."""
    pages = {path.name: path.read_text(encoding="utf-8") for path in DOCS.iterdir() if _is_chapter(path)}
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in collect_chapters(pages, read_rules(), cli).items():
        (folder / name).write_text(text, encoding="utf-8")
    for path in DOCS.rglob("*"):
        if path.name == "guide.toml" or path.suffix in IMAGE_ENDINGS:
            copy = folder / path.relative_to(DOCS)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


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
