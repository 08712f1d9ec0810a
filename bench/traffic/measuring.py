"""The frame of the benchmarks that measure a complete site: which site, and what becomes of the numbers."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bench.load.texts import SHAPES
from bench.traffic.meters import CORES
from bench.traffic.sites import DEPLOYMENTS, POSTGRESQL, REDIS, Served, Wanted, site

type Found = dict[str, Any]


def add_site_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which site is started and where its numbers go."""
    parser.add_argument("--deployment", choices=DEPLOYMENTS, default="embedded")
    parser.add_argument("--size", choices=tuple(SHAPES), default="large")
    parser.add_argument("--data", default="", metavar="WHERE")
    parser.add_argument("--postgresql", default=POSTGRESQL, metavar="URL", help="server for a database of its own")
    parser.add_argument("--redis", default=REDIS, metavar="URL")
    parser.add_argument("--whole-server", action="store_true", help="count all processes of PostgreSQL")
    parser.add_argument("--web-processes", type=int, default=2, metavar="N")
    parser.add_argument("--json", metavar="FILE")


def on_a_site(
    options: argparse.Namespace,
    measure: Callable[[Served, argparse.Namespace], Found],
    report: Callable[[Found], Iterable[str]],
) -> Found:
    """Start the site, measure it, write the numbers as JSON if wanted, and print the report of them."""
    with site(_wanted(options)) as served:
        found = measure(served, options)
    found |= {"deployment": options.deployment, "size": options.size, "cores": CORES}
    if options.json:
        Path(options.json).write_text(json.dumps(found, indent=1), encoding="utf-8")
    print("\n".join(report(found)))
    return found


def _wanted(options: argparse.Namespace) -> Wanted:
    return Wanted(
        options.deployment,
        size=options.size,
        data=options.data,
        postgresql=options.postgresql,
        redis=options.redis,
        web_processes=options.web_processes,
        whole_server=options.whole_server,
    )
