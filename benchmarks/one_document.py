"""Write a guide's printed edition as one HTML document: `one_document.py BOOK TARGET`.

This is the one place of the benchmarks that knows how the program composes; all else uses its command line.
"""

import re
import shutil
import sys
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

_PAGE_STYLES = """
@page { counter-increment: page; }
@page :left { margin: var(--head) var(--inner) var(--foot) var(--outer); @top-left-corner { content: counter(page); } @top-left { content: string(book); } }
@page :right { @top-right { content: string(running); } @top-right-corner { content: counter(page); } }
.sheet + .sheet { break-before: page; }
.hole::after { content: target-counter(attr(href), page); }
"""


def compose_sections(book: Path) -> tuple[str, str, list[str]]:
    """Return the title, the styles and the HTML of each section of the guide's printed edition, with links to anchors.

    Sections that state the pages of others, the glossary and the index, are not among them.
    """
    from studyguide.compose.composition import Composition
    from studyguide.pipeline import OUTPUTS, check_guide, choose_editions
    from studyguide.reading.project import read_project

    project = read_project(str(book))
    guide = check_guide(project)
    composed = Composition(project, guide, choose_editions(guide, ["guide"], None)[0], OUTPUTS["pdf"], 4).compose()
    sections = []
    for section in composed.sections:
        html = str(section.html)
        for name, anchor in getattr(section, "targets", {}).items():
            html = html.replace(f'href="#{escape(name)}"', f'href="#{escape(anchor)}"')
        sections.append(html)
    return guide.config.title, composed.styles, sections


def write_document(book: Path, target: Path) -> None:
    """Write the document and its figures; page references are left to the program that lays it out."""
    title, styles, sections = compose_sections(book)
    bodies = [
        found[0] for html in sections if (found := re.search(r"<section class=\"sheet.*</section>", html, re.DOTALL))
    ]
    body = re.sub(
        r'(<a[^>]*href="(#[^"]*)"[^>]*>)((?:(?!</a>).)*?)<span class="hole">0*</span>((?:(?!</a>).)*?</a>)',
        r'\1\3</a><a class="hole" href="\2"></a>\4', "\n".join(bodies), flags=re.DOTALL,
    ).replace("</a></a>", "</a>")  # fmt: skip
    page = (ROOT / "styles" / "pages" / "a4.css").read_text(encoding="utf-8")
    tokens = dict(re.findall(r"--([\w-]+):\s*([^;]+);", page))
    page_styles = re.sub(r"var\(--([\w-]+)\)", lambda match: tokens[match[1]], _PAGE_STYLES)
    head = f"<meta charset='utf-8'><title>{title}</title><style>{styles}{page_styles}</style>"
    target.write_text(f"<!DOCTYPE html><html lang='en'><head>{head}</head><body>{body}</body></html>", encoding="utf-8")
    shutil.copytree(book / "figures", target.parent / "figures", dirs_exist_ok=True)


if __name__ == "__main__":
    write_document(Path(sys.argv[1]), Path(sys.argv[2]))
