"""What each page costs: `./run bench web --deployment production --size large`.

Starts a site with a synthetic community (see `bench.seed_load`) on a free port, asks for each page as a visitor and as
a member, and prints for each, warm: processor milliseconds a request of the web processes (with Redis) and of the
database, SQL statements, bytes as such and compressed, percentiles of the time to answer, and requests a second.

Compare processor time: requests a second and percentiles depend on what else the machine does, of which *others* tells
the share of all cores. The client's own time is in none of the columns. On SQLite the database's time is in that of the
web processes; of PostgreSQL the processes connected to the site's database are counted, and with --whole-server all,
parallel and background workers too, if nothing else uses it.

--cold        also first requests: of up to twenty other pages of the same kind, with the cache emptied
--reply 50    also the cost of so many replies, which are really written
--data WHERE  measure a filled site: the CHAINRULE_VAR folder of an embedded one, which is copied, or the URL of a
              PostgreSQL database, which is used as it is
"""

# runs in: site

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from bench.traffic.client import Answer, Call, Connection, percentile, send
from bench.traffic.forms import reply_call
from bench.traffic.measuring import add_site_options, on_a_site
from bench.traffic.meters import Meter, Reading
from bench.traffic.sites import Served

WARMING = 12  # requests of each page before it is measured, so that every process has seen it
SERVING = ("web", "redis")  # the parts that answer a request, beside the database
COLUMNS = ("page", "status", "CPU ms", "DB ms", "SQL", "bytes", "gzip", "p50", "p95", "p99", "req/s", "others")


def main() -> int:
    found = on_a_site(_options(), measured, table)
    return 0 if all(page["status"] == 200 and not page["errors"] for page in found["pages"]) else 1


def measured(served: Served, options: argparse.Namespace) -> dict[str, Any]:
    """Measure a running site: its pages, its memory afterwards, and replies if wanted."""
    catalogue = served.catalogue("--queries")
    pages = [page for page in catalogue["pages"] if _is_wanted(page, options)]
    found: dict[str, Any] = {"pages": []}
    meter = Meter(served.parts)
    for page in pages:
        row = warm(served.port, page, meter, seconds=options.seconds, connections=options.connections)
        if options.cold:
            row["cold"] = cold(served, page, meter)
        found["pages"].append(row)
        print(f"{page['name']}: {row['cpu']} + {row['database']} ms", file=sys.stderr, flush=True)
    found["memory"] = {name: round(size, 1) for name, size in meter.memory().items()}
    if options.reply:
        found["reply"] = replies(served.port, catalogue, meter, options.reply)
    return found


def _is_wanted(page: dict[str, Any], options: argparse.Namespace) -> bool:
    is_member = bool(page["cookie"])
    wanted = options.member if is_member else options.visitor
    return (wanted or options.member == options.visitor) and re.search(options.pages, page["name"]) is not None


def warm(port: int, page: dict[str, Any], meter: Meter, *, seconds: float, connections: int) -> dict[str, Any]:
    """Measure a page that every process has answered before."""
    call = call_of(page)
    plain, packed = asyncio.run(_fetched(port, call, [_with(call, "Accept-Encoding", "gzip")] * WARMING))
    meter.start()
    answers = asyncio.run(send(port, lambda: call, connections=connections, seconds=seconds))
    return {
        "name": page["name"],
        "path": page["path"],
        "status": plain.status,
        "queries": page["queries"],
        "bytes": len(plain.body),
        "gzip": len(packed.body),
        **costs(meter.read(), len(answers)),
        **times(answers),
    }


def cold(served: Served, page: dict[str, Any], meter: Meter) -> dict[str, Any]:
    """Measure first requests after the cache was emptied: of other pages of the kind, which no process has shown yet.

    A kind with a single page is asked for once more; what its process keeps for itself then helps.
    """
    served.forget()
    calls = [call_of(page | {"path": path}) for path in page["others"] or [page["path"]]]
    meter.start()
    answers = asyncio.run(_one_by_one(served.port, calls))
    return {"pages": len(answers)} | costs(meter.read(), len(answers)) | times(answers)


def replies(port: int, catalogue: dict[str, Any], meter: Meter, count: int) -> dict[str, Any]:
    """Write replies to one thread, one after another. The jobs wait meanwhile; `all` counts every part, with theirs."""
    members = list(catalogue["members"])  # many, for the sake of the limit of posts a person
    pk = catalogue["reply"]
    calls = [reply_call(port, pk, members[number % len(members)], number) for number in range(count + 2)]
    asyncio.run(_one_by_one(port, calls[:2]))
    meter.settle("jobs")
    meter.start()
    with meter.paused("jobs"):
        answers = asyncio.run(_one_by_one(port, calls[2:]))
        reading = meter.read()
    meter.settle("jobs")
    late = meter.read()
    whole = {name: round(seconds * 1e3 / len(answers), 2) for name, seconds in late.cpu.items()}
    failed = sum(answer.status not in (200, 201, 302, 303) for answer in answers)
    return {"replies": len(answers), "all": whole} | costs(reading, len(answers)) | times(answers) | {"errors": failed}


def call_of(page: dict[str, Any]) -> Call:
    return Call(page["name"], page["path"], (("Cookie", page["cookie"]),) if page["cookie"] else ())


def _with(call: Call, name: str, value: str) -> Call:
    return call._replace(headers=(*call.headers, (name, value)))


async def _fetched(port: int, call: Call, more: Sequence[Call]) -> tuple[Answer, Answer]:
    """Return the answer to a call and to the last of the others, each on a connection of its own."""
    for each in more:
        packed = (await _one_by_one(port, [each]))[0]
        plain = (await _one_by_one(port, [call]))[0]
    return plain, packed


async def _one_by_one(port: int, calls: Sequence[Call]) -> list[Answer]:
    connection = Connection(port)
    answers = [await connection.ask(call) for call in calls]
    connection.close()
    return answers


def costs(reading: Reading, requests: int) -> dict[str, Any]:
    """Return processor milliseconds a request, by part and in sum, and the share of others."""
    each = {name: seconds * 1e3 / max(1, requests) for name, seconds in reading.cpu.items()}
    return {
        "requests": requests,
        "cpu": round(sum(each.get(name, 0.0) for name in SERVING), 2),
        "database": round(each.get("database", 0.0), 2),
        "client": round(reading.client * 1e3 / max(1, requests), 2),
        "others": round(reading.others, 2),
        "rps": round(requests / reading.wall, 1),
    }


def times(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return percentiles of the milliseconds to an answer, and how many answers were errors."""
    took = sorted(answer.seconds * 1e3 for answer in answers)
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    percentiles = {name: round(percentile(took, share), 1) for name, share in shares.items()}
    return percentiles | {"errors": sum(answer.status not in (200, 304) for answer in answers)}


def table(found: dict[str, Any]) -> Iterator[str]:
    """Yield Markdown."""
    yield f"{found['deployment']}, {found['size']}, {found['cores']} cores; processor ms a request"
    yield ""
    yield f"| {' | '.join(COLUMNS)} |"
    yield "|---|" + "---:|" * (len(COLUMNS) - 1)
    for page in found["pages"]:
        names = ("name", "status", "cpu", "database", "queries", "bytes", "gzip", "p50", "p95", "p99", "rps", "others")
        yield _row(page[name] for name in names)
        if cold_ones := page.get("cold"):
            measured_ones = (cold_ones[name] for name in ("cpu", "database"))
            rest = (cold_ones[name] for name in ("p50", "p95", "p99", "rps", "others"))
            yield _row([f"{page['name']}, cold × {cold_ones['pages']}", "", *measured_ones, "", "", "", *rest])
    yield ""
    yield "memory (PSS, MiB): " + ", ".join(f"{name} {size}" for name, size in found["memory"].items())
    if reply := found.get("reply"):
        whole = ", ".join(f"{name} {ms}" for name, ms in reply["all"].items())
        yield f"a reply: {reply['cpu']} + {reply['database']} ms, p50 {reply['p50']} ms, {reply['errors']} errors"
        yield f"with what the jobs do: {whole} ms"


def _row(values: Any) -> str:
    return f"| {' | '.join(map(str, values))} |"


def _options(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_site_options(parser)
    parser.add_argument("--pages", default="", metavar="REGEX", help="only pages whose name matches")
    parser.add_argument("--visitor", action="store_true", help="only as a visitor")
    parser.add_argument("--member", action="store_true", help="only as a member")
    parser.add_argument("--seconds", type=float, default=5.0, help="for each page (default: %(default)s)")
    parser.add_argument("--connections", type=int, default=4, help="requests at a time (default: %(default)s)")
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--reply", type=int, default=0, metavar="N")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
