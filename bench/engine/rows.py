"""One row per workload and peer, as JSON and as a table."""

from __future__ import annotations

from .peers import PEERS, is_here
from .timing import medians, ours
from .works import Work

Row = dict[str, object]


def measure(work: Work, rounds: int) -> list[Row]:
    """Time a workload with all installed contenders: one row per peer, or one without a peer."""
    experiment = work.make()
    contenders = {"ours": ours(experiment)}
    contenders |= {name: PEERS[name][1](experiment) for name in work.bars if is_here(name)}
    taken = medians(contenders, rounds)
    mine = taken.pop("ours")
    return [_row(work, mine, name, seconds) for name, seconds in taken.items()] or [_row(work, mine, None, None)]


def _row(work: Work, mine: float, peer: str | None, seconds: float | None) -> Row:
    ratio = None if seconds is None else seconds / mine
    bar = None if peer is None else work.bars[peer]
    return {
        "work": work.name,
        "ours_us": round(mine * 1e6, 2),
        "peer": peer,
        "peer_us": None if seconds is None else round(seconds * 1e6, 2),
        "ratio": None if ratio is None else round(ratio, 3),
        "bar": None if bar is None else round(bar, 3),
        "met": None if ratio is None or bar is None else ratio >= bar,
    }


def table(rows: list[Row]) -> str:
    """Format the rows as a table."""
    lines = ["ratio = the peer's time for a step / ours; against its own matmuls no ratio can be above 1,"]
    lines += ["against one seed a stack of 128 that costs twice as much has 0.5", ""]
    lines += [f"{'work':38}{'ours µs':>10}  {'peer':20}{'peer µs':>10}{'ratio':>9}{'bar':>7}  met"]
    for row in rows:
        cells = ["–" if row[name] is None else row[name] for name in ("peer", "peer_us", "ratio", "bar")]
        met = {True: "yes", False: "no", None: "–"}[row["met"]]  # type: ignore[index]
        lines.append(
            f"{row['work']:38}{row['ours_us']:>10}  {cells[0]:20}{cells[1]:>10}{cells[2]:>9}{cells[3]:>7}  {met}"
        )
    return "\n".join(lines)
