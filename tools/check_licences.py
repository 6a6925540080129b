"""List the packages that the program needs with their licences; exit with 1 if one is not known to be compatible."""

from importlib.metadata import PackageNotFoundError

import click

from tools.licences import OURS
from tools.packages import Package, list_packages


def list_installed() -> tuple[Package, ...]:
    """Return the packages that the program needs. Raises ClickException if one is not installed."""
    try:
        return list_packages()
    except PackageNotFoundError as error:
        raise click.ClickException(f"{error.name} is not installed; run `make setup`") from error


@click.command()
def main() -> None:
    """List the packages that the program needs, with licences.

    Fails where a licence does not allow the program to be given away with the package.
    """
    packages = list_installed()
    for package in packages:
        verdict = "compatible" if package.is_compatible else "NOT KNOWN TO BE COMPATIBLE"
        mark = "optional" if package.is_optional else ""
        click.echo(f"{package.name:32} {package.version:10} {verdict:11} {mark:9} {package.licence}")
    if wrong := [package.name for package in packages if not package.is_compatible]:
        raise click.ClickException(
            f"not known to be compatible with {OURS}: {', '.join(wrong)}; tools/licences.py has what is"
        )
    click.echo(f"{len(packages)} packages, all compatible with {OURS}")


if __name__ == "__main__":
    main()
