"""Train a config in the terminal, under the limits of the site, without a database."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandParser

from bpsandbox import conf
from bpsandbox.checking import Checked
from bpsandbox.document import Document
from bpsandbox.management.terminal.bar import Bar
from bpsandbox.management.terminal.files import (
    INTERRUPTED,
    checked,
    exit_with_failure,
    leave_quietly,
    print_and_exit,
    read,
    refuse_unwritable,
    write,
    wrong,
)
from bpsandbox.numbers import about
from bpsandbox.runner import Child, Job, Outcome, results, spawn, supervise
from bpsandbox.runner.limits import MIB

MOST_STEPS_BYTES = 1024 * MIB
WIDEST = 100


class Command(BaseCommand):
    help = "Check a config, print its estimated cost, train it, and print its curve and results."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the config, YAML or JSON; - reads standard input; xor and such are examples")
        parser.add_argument("--json", metavar="PATH", help="write the result as JSON; - for standard output")
        parser.add_argument(
            "--steps-json", metavar="PATH", help="write every step and the parameters as JSON; - for standard output"
        )

    def handle(self, **options: Any) -> None:
        try:
            self.run(**options)
        except BrokenPipeError:
            leave_quietly()

    def run(self, *, file: str, **options: Any) -> None:
        targets = {"json": options["json"], "steps": options["steps_json"]}
        if list(targets.values()).count("-") > 1:
            wrong("Only one of --json and --steps-json can go to standard output.")
        for path in targets.values():
            refuse_unwritable(path)
        out = sys.stderr if "-" in targets.values() else sys.stdout
        name = "standard input" if file == "-" else file
        plan = checked(read(file), name)
        assert plan.spec is not None
        self.print_plan(plan, out)
        outcome = self.trained(plan.spec, record_steps=targets["steps"] is not None)
        self.deliver(outcome, targets, out, plan.spec.config)

    def print_plan(self, plan: Checked, out: TextIO) -> None:
        assert plan.spec is not None and plan.price is not None
        words, price = plan.spec.words, plan.price
        title = plan.spec.title or words["title"]
        print(title, words["line"], sep="\n" if title else "", file=out)
        print(f"{price.parameters:,} parameters per seed, {about(price.seconds)}", file=out)
        for note in plan.notes:
            print(f"note: {note}", file=out)
        print(file=out, flush=True)

    def trained(self, spec: Any, *, record_steps: bool) -> Outcome:
        """Train in a child, with a bar on standard error; Ctrl-C ends both."""
        limits = conf.current().limits()
        if record_steps:
            limits = replace(limits, line_bytes=MOST_STEPS_BYTES, output_bytes=2 * MOST_STEPS_BYTES)
        bar = Bar(sys.stderr, settings=len(spec.varied) or 1)
        job = Job(spec=spec.to_json(), limits=limits, record_steps=record_steps)
        try:
            return supervise(Child(spawn(conf.current().engine)), job, on_progress=bar.show)
        except KeyboardInterrupt:
            bar.clear()
            print_and_exit("Stopped.", status=INTERRUPTED)
        finally:
            bar.clear()

    def deliver(self, outcome: Outcome, targets: dict[str, str | None], out: TextIO, config: dict[str, Any]) -> None:
        """Plot, print and write the result; without a result print why, and exit."""
        if outcome.document is None:
            assert outcome.failure is not None
            exit_with_failure(outcome.failure)
        document = outcome.document
        print(report(document, config), file=out, flush=True)
        write(targets["json"], with_messages(document).to_json())
        write(targets["steps"], outcome.steps)


def with_messages(document: Document) -> Document:
    """Return a result with a `message` in each warning."""
    from bpsandbox import explain

    seeds = len(document.seeds)
    said = [explain.caution(warning, seeds, penalised=document.is_penalised) for warning in document.warnings]
    warnings = tuple(replace(warning, message=words) for warning, words in zip(document.warnings, said, strict=True))
    return replace(document, warnings=warnings)


def report(document: Document, config: dict[str, Any]) -> str:
    """Return the verdict, the curve and the table. What they need is imported here: the plan is printed before."""
    from bpsandbox import explain
    from bpsandbox.management.terminal.plot import plot
    from bpsandbox.management.terminal.table import table

    columns = min(WIDEST, shutil.get_terminal_size((80, 24)).columns)
    drawing = plot(results.best(document), document.principal, columns=columns) if document.curves else ""
    return "\n\n".join(filter(None, (explain.verdict(document), drawing, table(document, config))))
