"""Train a config and keep its curve: CHAINRULE_TOKEN=… python client.py https://chainrule.example config.yaml"""

import json
import os
import sys
import time
from pathlib import Path
from urllib.request import Request, urlopen

site, config = sys.argv[1].rstrip("/"), Path(sys.argv[2]).read_text(encoding="utf-8")
headers = {"Authorization": f"Bearer {os.environ['CHAINRULE_TOKEN']}", "Content-Type": "application/json"}


def ask(address, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"{site}/api/v1/{address}", data, headers)) as answer:
        return answer.read()


run = json.loads(ask("runs", {"config": config}))
while run["status"] in ("queued", "running"):
    time.sleep(1)
    run = json.loads(ask(f"runs/{run['id']}"))
print(run["status"], run["url"], json.dumps(run["final"]))
for name in ("curve.svg", "series.csv") if run["final"] else ():
    Path(name).write_bytes(ask(f"runs/{run['id']}/{name}"))
