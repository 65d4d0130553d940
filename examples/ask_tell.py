"""Trains the runs of a sweep whose trainer is external, with Python's standard library alone.

    SWEEPYARD_URL=http://127.0.0.1:8080 SWEEPYARD_API_KEY=... python3 ask_tell.py SWEEP_ID

Start it as often as you like, on as many machines: each run goes to one of them.
"""

import json
import os
import sys
import urllib.request

API = os.environ["SWEEPYARD_URL"].rstrip("/") + "/api/v1"
KEY = os.environ["SWEEPYARD_API_KEY"]


def post(path, body):
    request = urllib.request.Request(
        API + path,
        data=json.dumps(body).encode(),
        headers={"content-type": "application/json", "authorization": "Bearer " + KEY},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def train(params):
    """Yields a value for each step: stands for the epochs of a real training."""
    x, y = params["x"], params["y"]
    value = (1 - x) ** 2 + 100 * (y - x * x) ** 2
    for step in range(1, 21):
        yield step, value * (1 + 1 / step)


def work(sweep):
    while True:
        answer = post(f"/sweeps/{sweep}/ask", {"worker": f"python {os.getpid()}"})
        if not answer["runs"]:
            print(answer["reason"])
            return
        run = answer["runs"][0]
        attempt = run["attempt"]
        try:
            for step, value in train(run["params"]):
                row = {"step": step, "values": {"value": value}}
                told = post(f"/runs/{run['run']}/report", {"attempt": attempt, "rows": [row]})
                if not told["goOn"]:
                    print(f"run {run['number']}: {told['reason']}")
                    break
            else:
                end = {"attempt": attempt, "state": "completed"}
                post(f"/runs/{run['run']}/tell", end)
                print(f"run {run['number']}: {value:.4g}")
        except ArithmeticError as error:
            end = {"attempt": attempt, "state": "failed", "error": {"message": str(error)}}
            post(f"/runs/{run['run']}/tell", end)


if __name__ == "__main__":
    work(sys.argv[1])
