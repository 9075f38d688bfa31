"""Temporal's measurements are served at one address per process, durations in seconds."""

import socket
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import asyncio, sys, urllib.request
from temporalio.client import Client
from runtime.metrics import MetricsAlreadyServed, start_metrics

async def main(address):
    runtime = start_metrics(address)
    assert start_metrics(address) is runtime
    try:
        start_metrics("127.0.0.1:1")
    except MetricsAlreadyServed as fault:
        sys.stderr.write(str(fault))
    try:
        await Client.connect("127.0.0.1:9")
    except RuntimeError:
        pass
    runtime.metric_meter.create_histogram_timedelta("asked").record(__import__("datetime").timedelta(seconds=2))
    sys.stdout.write(urllib.request.urlopen(f"http://{address}/metrics").read().decode())

asyncio.run(main(sys.argv[1]))
sys.stdout.flush()
__import__("os")._exit(0)
"""


def test_metrics_are_served_once_per_process_in_seconds() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", SCRIPT, address]
    ended = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stderr
    assert f"at one address, chosen once: {address}" in ended.stderr
    assert "asked_seconds_sum{" in ended.stdout
    assert " 2\n" in ended.stdout.partition("asked_seconds_sum")[2]
