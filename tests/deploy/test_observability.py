"""Alerts and dashboard ask for metrics that there are, and every alert names what to do about it."""

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import promql_parser
import pytest
from ruamel.yaml import YAML

from api import measured
from sandbox.embedded.ports import free_port
from sandbox.embedded.temporal import TemporalServer
from tests.docs.test_mentions import HEADING, anchor_of
from tests.test_architecture import PRODUCT, last_name, sources

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "deploy" / "observability"
OPERATIONS = ROOT / "docs" / "operations.md"
SUFFIXES = ("_total", "_seconds_bucket", "_seconds_sum", "_seconds_count")
OURS = {"le", "kind", "fault", "doubt", "corporation", "lacking", "method", "route", "status"}
"""Labels of our own metrics, which the tests of each see."""


@cache
def alerts() -> list[dict[str, Any]]:
    [group] = YAML(typ="safe").load((SHIPPED / "alerts.yaml").read_text())["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


@cache
def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((SHIPPED / "dashboard.json").read_text())["panels"]
    return [one for one in found if one["type"] != "row"]


def expressions() -> dict[str, str]:
    """Every expression, by where it stands."""
    told = {alert["alert"]: alert["expr"] for alert in alerts()}
    shown = {f"{one['title']} {target['refId']}": target["expr"] for one in panels() for target in one["targets"]}
    return told | shown


def asked(expression: str) -> tuple[set[str], set[str]]:
    """Return the metrics and the labels that an expression asks for; raises for one that cannot be read."""
    metrics: set[str] = set()
    labels: set[str] = set()

    def look(one: Any) -> None:
        if isinstance(one, promql_parser.VectorSelector):
            metrics.add(str(one.name))
            labels.update(matcher.name for matcher in one.matchers.matchers)
        elif isinstance(one, promql_parser.AggregateExpr) and one.modifier:
            labels.update(one.modifier.labels)

    promql_parser.walk(promql_parser.parse(expression), look)
    return metrics, labels


def written(source: str) -> Iterator[str]:
    """Name the metrics that a source makes, as Prometheus reads them."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        called, first = last_name(node.func), node.args[0]
        name = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
        if name and called in {"create_counter", "_count", "count"} and re.fullmatch(r"[a-z]+(_[a-z]+)+", name):
            yield f"{name}_total"


@cache
def ours() -> set[str]:
    """Our own metrics: those that modules count, and those of the requests."""
    counted = {name for part in PRODUCT for source in sources(part).values() for name in written(source)}
    timed = {f"{measured.REQUESTS}_seconds_{end}" for end in ("bucket", "sum", "count")}
    return counted | timed | {measured.IN_FLIGHT}


@pytest.fixture(scope="module")
async def scraped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What Temporal's library measures of a worker, with the labels of each, by running one."""
    async with TemporalServer(tmp_path_factory.mktemp("temporal"), free_port()) as server:
        command = [sys.executable, "-m", "tests.deploy.scraped", server.address, f"127.0.0.1:{free_port()}"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)  # noqa: ASYNC221
    assert done.returncode == 0, done.stderr
    found: dict[str, set[str]] = {}
    for name, labels in re.findall(r"^(\w+)\{(.*)\} \S+$", done.stdout, re.MULTILINE):
        found.setdefault(name, set()).update(re.findall(r'(\w+)="', labels))
    return found


def test_every_metric_and_label_that_is_asked_for_is_there(scraped: dict[str, set[str]]) -> None:
    there = ours() | scraped.keys()
    known = OURS.union(*scraped.values())
    for place, expression in expressions().items():
        metrics, labels = asked(expression)
        assert metrics, place
        assert metrics <= there, place
        assert labels <= known, place
        for metric in metrics & scraped.keys() if len(metrics) == 1 else ():
            assert labels <= scraped[metric] | {"le"}, place


def test_every_metric_of_ours_is_shown_or_watched_and_told(scraped: dict[str, set[str]]) -> None:
    used = {metric for expression in expressions().values() for metric in asked(expression)[0]}
    base = {re.sub("|".join(f"{end}$" for end in SUFFIXES[1:]), "", metric) for metric in used}
    assert {re.sub("|".join(f"{end}$" for end in SUFFIXES[1:]), "", metric) for metric in ours()} - base == set()
    told = set(re.findall(r"`(\w+)`", OPERATIONS.read_text()))
    assert {name for name in ours() if not name.endswith(SUFFIXES[1:])} | {f"{measured.REQUESTS}_seconds"} <= told
    assert "mediation_alarms_total" in ours()


def test_a_metric_that_is_not_there_and_an_expression_that_cannot_be_read_are_seen() -> None:
    assert asked('sum by (kind) (rate(mediation_x_total{a="b"}[5m])) > 0') == ({"mediation_x_total"}, {"kind", "a"})
    with pytest.raises(ValueError, match=r"."):
        asked("sum(rate(x[5m])")
    assert list(written('meter.create_counter("mediation_x", "X").add(1)')) == ["mediation_x_total"]


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_every_alert_says_how_bad_it_is_and_where_what_to_do_stands(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in {"page", "ticket"}
    assert alert["annotations"]["summary"].endswith(".")
    document, anchor = alert["annotations"]["runbook"].split("#")
    assert ROOT / document == OPERATIONS
    assert anchor in map(anchor_of, HEADING.findall(OPERATIONS.read_text()))
    said = set(re.findall(r"\$labels\.(\w+)", alert["annotations"]["summary"]))
    assert said <= OURS | {"workflow_type"}


def test_every_runbook_of_an_alert_is_of_one() -> None:
    part = OPERATIONS.read_text().partition("\n## What to do at an alert\n")[2].partition("\n## ")[0]
    named = {alert["annotations"]["runbook"].partition("#")[2] for alert in alerts()}
    assert {anchor_of(one) for one in re.findall(r"^### (.+)$", part, re.MULTILINE)} == named - {
        *("alarms-of-the-watchman", "who-may-speak"),
    }


def test_the_dashboard_is_whole() -> None:
    said = json.loads((SHIPPED / "dashboard.json").read_text())
    assert len({one["id"] for one in said["panels"]}) == len(said["panels"])
    assert {one["name"] for one in said["templating"]["list"]} == {"datasource"}
    for one in panels():
        assert {target["datasource"]["uid"] for target in one["targets"]} == {"${datasource}"}
        place = one["gridPos"]
        assert place["x"] + place["w"] <= 24
    places = [(one["gridPos"]["x"], one["gridPos"]["y"]) for one in said["panels"]]
    assert len(set(places)) == len(places)


def test_the_chart_ships_the_same_alerts() -> None:
    chart = ROOT / "deploy" / "helm" / "direct-mediation" / "alerts.yaml"
    assert chart.read_bytes() == (SHIPPED / "alerts.yaml").read_bytes()
    rendered = YAML(typ="safe").load_all((ROOT / "tests" / "deploy" / "chart" / "rendered.yaml").read_text())
    [rule] = [one for one in rendered if one and one["kind"] == "PrometheusRule"]
    assert rule["spec"]["groups"][0]["rules"] == alerts()


def test_prometheus_itself_takes_the_rules_and_raises_what_it_must() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("NOT TRIED whether Prometheus raises the alerts: promtool is not installed")
    for command in (["check", "rules", SHIPPED / "alerts.yaml"], ["test", "rules", "tests/deploy/alerts.test.yaml"]):
        done = subprocess.run([promtool, *command], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
