"""Runs inside what stands in for the image, with its Python: imports everything and asks every command for its help.

python inside.py FOLDER-OF-OUR-MODULES NAME [NAME ...]
"""

import importlib
import json
import pkgutil
import sys
from pathlib import Path
from typing import Any


def imported(site: Path, names: list[str]) -> list[str]:
    """Import every module of these packages; return their names. A test's package fails, for it is not there."""
    modules = list(names)
    for name in names:
        if (site / name).is_dir():
            modules += [one.name for one in pkgutil.walk_packages([str(site / name)], f"{name}.")]
    modules = [name for name in modules if not name.endswith("__main__")]
    for name in modules:
        found = importlib.import_module(name)
        assert found.__file__, name
        assert Path(found.__file__).is_relative_to(site), found.__file__
    return modules


def helped() -> list[str]:
    """Ask every command for its help; return their words."""
    import typer
    from typer.testing import CliRunner

    import cli

    asked: list[str] = []

    def ask(words: list[str], command: Any) -> None:
        said = CliRunner().invoke(cli.application(), [*words, "--help"])
        assert said.exit_code == 0, (words, said.output)
        assert "Usage" in said.output
        asked.append(" ".join(words))
        for name, one in getattr(command, "commands", {}).items():
            ask([*words, name], one)

    ask([], typer.main.get_command(cli.application()))
    return asked


def pages() -> list[str]:
    """Read every page's template, and the style of the pages."""
    from jinja2 import Environment, FileSystemLoader

    from api.web.assets import TEMPLATES

    there = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    return [there.get_template(name).name or name for name in there.list_templates()]


if __name__ == "__main__":
    site, *names = sys.argv[1:]
    json.dump({"modules": imported(Path(site), names), "commands": helped(), "pages": pages()}, sys.stdout)
