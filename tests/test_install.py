"""The program is a package: installed anywhere, it needs nothing of the checkout. Container, action and hook do what they say."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, SMALL, Installed, commit, find_epub_faults, lay, page_texts, run_checked
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from hatch_build import DependencyHook
from studyguide import __version__
from studyguide.runtime import preflight

CONTAINERFILE = (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
INSTRUCTIONS = [line.split(maxsplit=1) for line in CONTAINERFILE.splitlines() if line and not line.startswith("#")]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"] if "run" in step}
PANGO = set(re.findall(r"lib[\w.-]+", preflight._HOW_TO_GET_PANGO.partition("apt install ")[2].partition(";")[0]))
"""The packages that the program asks for on Debian."""
QUICK = {"PIP_NO_COMPILE": "1"}
"""Variables for pip: to compile what is installed takes longer than to install it."""


def read_pins() -> dict[str, str]:
    """The version of each package in constraints.txt, by its name in small letters."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.lower().split("==") for line in lines if "==" in line)


def read_names(file: str) -> set[str]:
    """The packages that a requirements file names."""
    return set(re.findall(r"(?m)^([\w.-]+)", (ROOT / file).read_text(encoding="utf-8")))


# ---------------------------------------------------------------- the package


def test_the_package_says_its_dependencies_with_their_versions(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        metadata = Parser().parsestr(archive.read(f"studyguide-{__version__}.dist-info/METADATA").decode())
    assert (metadata["Name"], metadata["Version"]) == ("studyguide", __version__)
    assert (metadata["Requires-Python"], metadata["License-Expression"]) == (">=3.11", "AGPL-3.0-or-later")
    pins = {canonicalize_name(name): version for name, version in read_pins().items()}
    files = {
        "": "requirements.txt",
        **{each: f"requirements-{each}.txt" for each in ("cluster", "scripts", "spelling")},
    }
    wanted = {
        (extra, name, f"=={pins[name]}")
        for extra, file in files.items()
        for name in map(canonicalize_name, read_names(file))
    }
    found = [Requirement(line) for line in metadata.get_all("Requires-Dist")]
    extras = [re.search(r"extra == ['\"](\w+)", str(each.marker)) for each in found]
    assert {
        (extra[1] if extra else "", canonicalize_name(each.name), str(each.specifier))
        for each, extra in zip(found, extras, strict=True)
    } == wanted
    (search,) = [each for each in found if each.name.startswith("pagefind")]
    assert search.marker and not search.marker.evaluate({"sys_platform": "freebsd14"})


def test_the_package_holds_every_file_that_the_program_reads_and_no_other(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    places = {
        "studyguide": "studyguide",
        **{name: f"studyguide/resources/{name}" for name in ("templates", "styles", "docs/rules")},
    }
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *places],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    folders = sorted(places, key=len, reverse=True)
    expected = {
        next(places[each] + name.removeprefix(each) for each in folders if name.startswith(f"{each}/"))
        for name in listed.split("\n")
        if name and (ROOT / name).exists()
    }
    assert held == expected


def test_the_builder_of_the_package_is_the_one_that_is_tested() -> None:
    builders = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    assert builders == [f"{name}=={read_pins()[name]}" for name in ("hatchling", "packaging")]


@pytest.mark.nightly
def test_an_installed_program_makes_the_same_books_as_the_checkout(installed: Installed, tmp_path: Path) -> None:
    """In another folder, with another home, by a person who has no checkout."""
    lay(tmp_path / "guide", SMALL)
    assert installed.run(tmp_path, "check", "guide") == "guide: 2 chapters, 2 questions, no problems\n"
    said = installed.run(tmp_path, "build", "guide", "-e", "guide", "-e", "tablet", "-j", "2", "-o", "books")
    assert "books/a-small-guide.epub" in said
    command = [
        sys.executable,
        str(ROOT / "build.py"),
        "build",
        "guide",
        "-e",
        "guide",
        "-e",
        "tablet",
        "-q",
        "-o",
        "own",
    ]
    run_checked(command, cwd=tmp_path, env={**os.environ, "VIRTUAL_ENV": sys.prefix})
    for name in ("a-small-guide.pdf", "a-small-guide.epub"):
        assert (tmp_path / "books" / name).read_bytes() == (tmp_path / "own" / name).read_bytes(), name
    assert "What is one?" in "".join(page_texts(tmp_path / "books" / "a-small-guide.pdf"))
    assert find_epub_faults(tmp_path / "books" / "a-small-guide.epub") == []
    assert "is up to date" in installed.run(tmp_path, "build", "guide", "-e", "guide", "-e", "tablet", "-o", "books")
    assert {path.name for path in (installed.home / ".cache" / "studyguide").iterdir()} == {"fonts", "results"}
    assert str(ROOT) not in "".join(
        installed.run(tmp_path, "explain", "near-twins") + installed.run(tmp_path, "--help")
    )


@pytest.mark.nightly
def test_an_installed_program_runs_the_code_of_a_guide_in_its_folder(installed: Installed, tmp_path: Path) -> None:
    """The code sees the files of that folder, and cannot import a module of the program by its short name."""
    code = "import os\nprint(os.listdir())  # ['01-a.md']\ntry:\n    import cache\nexcept ImportError:\n    print('none')\n# none\n"
    lay(tmp_path / "guide", {"01-a.md": f"## One?\n\n### Answer\n```python run\n{code}```\n"})
    for source in ("guide", "guide/01-a.md"):
        assert installed.run(tmp_path, "prove", source, "--yes") == f"{source}: 1 examples and sums are right\n"


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("start", "streams"),
    [("studyguide", "<&- >&- 2>&-"), ("studyguide", ">/dev/full 2>&1"), ("python -m studyguide", "<&- >&-")],
)
def test_an_installed_program_builds_whatever_its_streams_are(
    installed: Installed, tmp_path: Path, start: str, streams: str
) -> None:
    lay(tmp_path / "guide", SMALL)
    command = f"{installed.bin}/{start} build guide -e tablet --no-cache -j 2 {streams}"
    subprocess.run(["bash", "-c", command], cwd=tmp_path, env=installed.environment, check=True)
    assert [path.name for path in (tmp_path / "dist").iterdir()] == ["a-small-guide.epub"]


@pytest.mark.nightly
def test_an_installed_program_lacks_no_package_and_says_so_if_it_does(installed: Installed, tmp_path: Path) -> None:
    run_checked([sys.executable, "-m", "pip", "--python", str(installed.bin / "python"), "check"])
    code = "import sys; sys.modules['lxml'] = None; from studyguide.__main__ import run; sys.argv[1:] = ['check']; sys.exit(run())"
    lay(tmp_path / "content", SMALL)
    command = [str(installed.bin / "python"), "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=installed.environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("studyguide: ")
    assert done.stderr.endswith("; install the program anew\n")


# ---------------------------------------------------------------- the container


def find_arguments(instruction: str) -> list[str]:
    """The arguments of each instruction of this name in the Containerfile."""
    return [rest for name, rest in INSTRUCTIONS if name == instruction]


def test_the_container_is_made_of_what_there_is() -> None:
    assert {name for name, _ in INSTRUCTIONS} == {"FROM", "COPY", "RUN", "ARG", "ENV", "USER", "WORKDIR", "ENTRYPOINT"}
    assert (find_arguments("ENTRYPOINT"), find_arguments("USER")) == (['["studyguide"]'], ["guide"])
    copied = [word for rest in find_arguments("COPY") if "--from" not in rest for word in rest.split()[:-1]]
    assert copied == [".", "constraints.txt"]
    context = read_context()
    assert set(copied) - {"."} <= context
    for command in find_arguments("RUN"):
        subprocess.run(["bash", "-n", "-c", command], check=True)
    (apt,) = [command for command in find_arguments("RUN") if "apt-get install" in command]
    assert set(re.findall(r"lib[\w.-]+\d", apt.partition("&& rm")[0])) == PANGO


def read_context() -> set[str]:
    """The files and folders of the checkout that .dockerignore leaves to the container."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in lines
    return {path.relative_to(ROOT).as_posix() for line in lines if line[:1] == "!" for path in ROOT.glob(line[1:])}


def copy_program(folder: Path) -> None:
    """Copy what .dockerignore leaves of the checkout."""
    for name in sorted(read_context()):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)


@pytest.mark.nightly
def test_the_commands_of_the_container_install_the_program(tmp_path: Path) -> None:
    """Docker's work, done by hand: the files of its context, then the commands with pip, in an environment of their own."""
    copy_program(tmp_path / "program")
    run_checked([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")])
    (tmp_path / "wheels").mkdir()
    shutil.copy(ROOT / "constraints.txt", tmp_path / "wheels")
    pip = shlex.join([sys.executable, "-m", "pip", "--python", str(tmp_path / "venv/bin/python")])
    commands = [command for command in find_arguments("RUN") if command.startswith("pip ")]
    assert [command.split()[1] for command in commands] == ["wheel", "install"]
    for command in commands:
        here = re.sub(r"(?<![\w-])/(program|wheels)\b", rf"{tmp_path}/\1", command).replace("--no-cache-dir", "--quiet")
        run_checked(["bash", "-e", "-c", here.replace("pip", pip, 1)], cwd=tmp_path, env={**os.environ, **QUICK})
    version = run_checked([str(tmp_path / "venv/bin/studyguide"), "--version"], cwd=tmp_path).stdout
    assert version == f"studyguide, version {__version__}\n"


# ---------------------------------------------------------------- the action


def fill_in(text: str, inputs: dict[str, str], values: dict[str, str]) -> str:
    """Replace the expressions of a workflow by their values, as GitHub does."""
    known = {f"inputs.{name}": value for name, value in inputs.items()} | values
    return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda match: known[match[1]], text)


def test_the_action_puts_no_input_into_a_script() -> None:
    """GitHub would paste it into the script, where `$(…)` of a stranger's branch would run."""
    assert [name for name, step in STEPS.items() if "${{" in step["run"]] == []
    assert set(STEPS["Install Pango"]["run"].split()) >= PANGO
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+", step["uses"]) for step in ACTION["runs"]["steps"] if "uses" in step)
    documented = re.findall(
        r"(?m)^\| `([\w-]+)` \|.*\|.*\|$", (ROOT / "docs/20-install.md").read_text(encoding="utf-8")
    )
    assert [name for name in documented if name in ACTION["inputs"]] == list(ACTION["inputs"])


def run_step(name: str, folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the script of a step of the action as a runner of GitHub does."""
    given = {key: str(each["default"]) for key, each in ACTION["inputs"].items()} | inputs
    temporary = str(folder / "runner")
    values = {
        "github.action_path": str(ROOT),
        "runner.temp": temporary,
        "steps.python.outputs.python-path": sys.executable,
    }
    step = STEPS[name]
    own = {key: fill_in(text, given, values) for key, text in step.get("env", {}).items()}
    environment = {**os.environ, "RUNNER_TEMP": temporary, "GITHUB_OUTPUT": str(folder / "output"), **QUICK, **own}
    (folder / "step.sh").write_text(step["run"], encoding="utf-8")
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(folder / "step.sh")]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_action_builds_the_editions_of_every_line(tmp_path: Path) -> None:
    program = tmp_path / "runner" / "studyguide" / "bin" / "studyguide"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    program.chmod(0o755)
    built = run_step("Build the books", tmp_path, editions="guide\n\ttablet  teacher\n")
    wanted = "--edition|guide|--edition|tablet|--edition|teacher"
    assert (built.returncode, built.stdout) == (0, f"build|--out|dist|{wanted}|--|content|")
    assert run_step("Build the books", tmp_path).stdout == "build|--out|dist|--|content|"


@pytest.fixture
def runner(tmp_path: Path, installed: Installed) -> Path:
    """A checkout of a guide on a runner that has installed the program."""
    lay(tmp_path / "my guide", SMALL)
    (tmp_path / "runner").mkdir()
    (tmp_path / "runner" / "studyguide").symlink_to(installed.bin.parent)
    return tmp_path


@pytest.mark.nightly
def test_the_action_checks_and_builds(runner: Path) -> None:
    assert run_step("Check the guide", runner, guide="my guide", strict="true").returncode == 0
    built = run_step(
        "Build the books", runner, guide="my guide", editions="tablet  workbook", out="my books", page="a5"
    )
    assert (built.returncode, built.stderr.count("built")) == (0, 2), built.stderr
    assert sorted(path.name for path in (runner / "my books").iterdir()) == [
        "a-small-guide-workbook.pdf",
        "a-small-guide.epub",
    ]
    assert (runner / "output").read_text() == "folder=my books\n"


@pytest.mark.nightly
def test_the_action_shows_problems_on_their_lines(runner: Path) -> None:
    lay(runner / "my guide", {"02-x.md": "## What?\n\n### Answr\nNothing.\n"})
    done = run_step("Check the guide", runner, guide="my guide")
    assert done.returncode == 1
    assert "::error file=my guide/02-x.md,line=3,col=5,title=unknown-part::" in done.stdout
    assert run_step("Check the guide", runner, guide="$(touch harm)").returncode == 1
    assert not (runner / "harm").exists()


@pytest.mark.nightly
def test_the_action_installs_the_program(tmp_path: Path) -> None:
    (tmp_path / "runner").mkdir()
    done = run_step("Install the program", tmp_path)
    assert done.returncode == 0, done.stderr
    assert run_checked([str(tmp_path / "runner/studyguide/bin/studyguide"), "--version"]).stdout.endswith(
        f"{__version__}\n"
    )


# ---------------------------------------------------------------- the hook of pre-commit


@pytest.mark.nightly
def test_pre_commit_keeps_a_guide_with_a_mistake_from_being_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, guide = tmp_path / "program", tmp_path / "guide"
    copy_program(program)
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", program)
    lay(guide, {f"content/{name}": text for name, text in SMALL.items()})
    for folder in (program, guide):
        monkeypatch.chdir(folder)
        commit(folder, 1_000_000_000)
    version = run_checked(["git", "rev-parse", "HEAD"], cwd=program).stdout.strip()
    hook = {"repo": str(program), "rev": version, "hooks": [{"id": "studyguide-check", "verbose": True}]}
    lay(guide, {".pre-commit-config.yaml": yaml.safe_dump({"repos": [hook]})})
    variables = {"PRE_COMMIT_HOME": str(tmp_path / "home"), "STUDYGUIDE_CACHE": str(tmp_path / "cache")}

    def run_hook(path: str, text: str) -> tuple[int, str]:
        lay(guide, {path: text})
        run_checked(["git", "add", "."], cwd=guide)
        command = [str(Path(sys.executable).parent / "pre-commit"), "run"]
        environment = {**os.environ, **variables, **QUICK}
        done = subprocess.run(command, cwd=guide, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    code, said = run_hook("notes.txt", "nothing")
    assert (code, "no files to check" in said) == (0, True), said
    code, said = run_hook("content/02-x.md", "## What?\n\n### Answer\nThat.\n")
    assert (code, "content: 3 chapters, 3 questions, no problems" in said) == (0, True), said
    code, said = run_hook("content/02-x.md", "## What?\n\n### Answr\nThat.\n")
    assert (code, "content/02-x.md:3:5: there is no part `Answr` [unknown-part]" in said) == (1, True), said


def test_a_requirement_without_a_version_is_named(tmp_path: Path) -> None:
    lay(tmp_path, {"constraints.txt": "click==8.0\n", "requirements.txt": "Rich_Text  # tables\n"})
    with pytest.raises(ValueError, match=r"requirements\.txt: constraints\.txt has no version of `Rich_Text`"):
        DependencyHook(str(tmp_path), {}).update({})
