"""Requests are counted, timed and shown while they are under way, by method, template of the route and status."""

import re
import subprocess
import sys
from pathlib import Path

from sandbox.embedded.ports import free_port

SCRIPT = """
import asyncio, sys, urllib.request
import httpx
from fastapi import FastAPI, Response
from api.envelope import Envelope
from api.measured import RequestMeter
from runtime.metrics import start_metrics

start_metrics(sys.argv[1])
app = FastAPI()

@app.get("/v1/persons/{person}")
async def person(person: str) -> Response:
    sys.stderr.write(read())
    return Response(status_code=204)

@app.get("/v1/broken/{person}")
async def broken(person: str) -> None:
    raise ValueError(person)

@app.get("/healthz")
async def health() -> None: ...

app.add_middleware(Envelope)
app.add_middleware(RequestMeter)

def read():
    return urllib.request.urlopen(f"http://{sys.argv[1]}/metrics").read().decode()

async def main():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as http:
        for path in ("/v1/persons/999990019?q=Jansen", "/v1/broken/999990019", "/Jansen", "/healthz"):
            await http.get(path)
        await http.request("JANSEN", "/v1/persons/999990019")
    sys.stdout.write(read())

asyncio.run(main())
sys.stdout.flush()
sys.stderr.flush()
__import__("os")._exit(0)
"""
LINE = re.compile(r"^mediation_request_seconds_count\{(.*)\} (\d+)$", re.MULTILINE)


def test_requests_are_measured_by_what_names_nobody() -> None:
    command = [sys.executable, "-c", SCRIPT, f"127.0.0.1:{free_port()}"]
    root = Path(__file__).parents[2]
    ended = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stderr
    counted = {
        tuple(sorted(re.findall(r'(\w+)="([^"]*)"', labels))): int(n) for labels, n in LINE.findall(ended.stdout)
    }
    kept = {
        tuple(value for name, value in labels if name in {"method", "route", "status"}): count
        for labels, count in counted.items()
    }
    assert kept == {
        ("GET", "/v1/persons/{person}", "204"): 1,
        ("GET", "/v1/broken/{person}", "500"): 1,
        ("GET", "none", "404"): 1,
        ("other", "/v1/persons/{person}", "405"): 1,
    }
    assert {name for labels in counted for name, _ in labels} == {"method", "route", "status", "service_name"}
    assert re.search(r"^mediation_requests_in_flight(\{.*\})? 1$", ended.stderr, re.MULTILINE)
    assert re.search(r"^mediation_requests_in_flight(\{.*\})? 0$", ended.stdout, re.MULTILINE)
    assert 'mediation_request_seconds_bucket{method="GET"' in ended.stdout
    assert 'le="0.15"' in ended.stdout
    assert "Jansen" not in ended.stdout
    assert "999990019" not in ended.stdout
