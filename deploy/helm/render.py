"""Renders the chart by Helm, with the values of the tests, into the file that the tests hold the chart to.

python deploy/helm/render.py [FILE]     with helm-python-sdk, which is Helm as a library (see `make chart`)
"""

import hashlib
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm" / "direct-mediation"
VALUES = ROOT / "tests" / "deploy" / "chart" / "values.yaml"
RENDERED = VALUES.with_name("rendered.yaml")


def digest() -> str:
    """Return the digest of all that a rendered chart follows from: the chart's files and the values of the tests."""
    taken = hashlib.sha256()
    for file in [*sorted(path for path in CHART.rglob("*") if path.is_file()), VALUES]:
        for part in (str(file.relative_to(ROOT)).encode(), file.read_bytes()):
            taken.update(len(part).to_bytes(8) + part)
    return taken.hexdigest()


def rendered() -> str:
    """Return what Helm makes of the chart; raises what it raises for a chart or values that it refuses."""
    from helm_python import Chart, helm_sdk_version, lint, values_from_yaml

    values = values_from_yaml(VALUES.read_text(encoding="utf-8"))
    found = lint(str(CHART), values, strict=True)
    if found["errors"]:
        raise SystemExit("\n".join(map(str, found["errors"])))
    files = Chart.load(CHART).render(values, name="city", namespace="mediation")
    parts = [f"# Source: {name}\n{text.strip()}\n" for name, text in sorted(files.items()) if text.strip()]
    return f"# Helm {helm_sdk_version()} made this of {digest()}\n---\n" + "---\n".join(parts)


def take_alerts() -> None:
    """Copy the alerts into the chart, out of which Helm cannot read."""
    shutil.copy(ROOT / "deploy" / "observability" / "alerts.yaml", CHART)


if __name__ == "__main__":
    take_alerts()
    target = Path(sys.argv[1]) if sys.argv[1:] else RENDERED
    target.write_text(rendered(), encoding="utf-8")
