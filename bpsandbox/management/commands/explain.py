"""Print a worked training step: every equation of forward, loss, backward and update, with the numbers."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bpsandbox import conf, explain
from bpsandbox.document import Stop, WorkedExample
from bpsandbox.management.terminal.bar import Bar
from bpsandbox.management.terminal.files import (
    FAILED,
    INTERRUPTED,
    checked,
    exit_with_failure,
    leave_quietly,
    print_and_exit,
    read,
    refuse_unwritable,
    write,
    write_text,
    wrong,
)
from bpsandbox.runner import Child, Example, Job, Outcome, spawn, supervise
from bpsandbox.runner.limits import MIB

MOST_BYTES = 1024 * MIB
MEMORY_BYTES = 4096 * MIB
"""The text of a step with two million parameters, each printed four times, needs more memory than training."""


class Command(BaseCommand):
    help = "Train one seed of a config to one step, and print that step worked out for one training example."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the config, YAML or JSON; - reads standard input; xor and such are examples")
        parser.add_argument("--sample", type=int, default=0, metavar="N", help="the training example, from 0")
        parser.add_argument("--step", type=int, default=0, metavar="N", help="the step, from 0")
        parser.add_argument("--seed", type=int, metavar="N", help="a seed of the run; default: the first")
        parser.add_argument(
            "--vectors", choices=explain.VECTORS, default="columns", help="z = W x + b, or z = x W^T + b"
        )
        parser.add_argument(
            "--loss", choices=explain.LOSSES, default="mean", help="how squares are gathered: as configured, or first"
        )
        parser.add_argument("--json", metavar="PATH", help="write the step as JSON; - for standard output")
        parser.add_argument("--tex", metavar="PATH", help="write the step as a LaTeX document; - for standard output")
        parser.add_argument("--md", metavar="PATH", help="write the step as Markdown (default); - for standard output")

    def handle(self, **options: Any) -> None:
        try:
            self.run(**options)
        except BrokenPipeError:
            leave_quietly()

    def run(self, *, file: str, **options: Any) -> None:
        targets = {kind: options[kind] for kind in ("json", "tex", "md") if options[kind] is not None} or {"md": "-"}
        if list(targets.values()).count("-") > 1:
            wrong("Only one of --json, --tex and --md can go to standard output.")
        for path in targets.values():
            refuse_unwritable(path)
        plan = checked(read(file), "standard input" if file == "-" else file)
        assert plan.spec is not None
        example = Example(
            options["sample"], options["step"], options["seed"], convention=(options["vectors"], options["loss"])
        )
        made = self.example(self.worked(plan.spec, example), example)
        title = plan.spec.title or plan.spec.words["title"]
        if "json" in targets:
            write(targets["json"], made.to_json() | {"steps": [_step(step) for step in made.steps]})
        read_back = explain.recorded(made)
        assert read_back is not None
        if "tex" in targets:
            write_text(targets["tex"], explain.tex(read_back, title=title))
        if "md" in targets:
            write_text(targets["md"], explain.markdown(read_back, title=title))

    def worked(self, spec: Any, example: Example) -> Outcome:
        """Train and work in a child; Ctrl-C ends both."""
        limits = replace(
            conf.current().limits(), line_bytes=MOST_BYTES, output_bytes=MOST_BYTES, memory_bytes=MEMORY_BYTES
        )
        bar = Bar(sys.stderr)
        try:
            job = Job(spec=spec.to_json(), limits=limits, example=example)
            return supervise(Child(spawn(conf.current().engine)), job, on_progress=bar.show)
        except KeyboardInterrupt:
            print_and_exit("Stopped.", status=INTERRUPTED)

    def example(self, outcome: Outcome, example: Example) -> WorkedExample:
        """Return the worked example; if there is none, print why and exit."""
        if isinstance(outcome.worked, Stop):
            print_and_exit(explain.no_step(outcome.worked, example.step), status=FAILED)
        if outcome.worked is None:
            assert outcome.failure is not None
            if outcome.failure.code == "engine":
                wrong(str(outcome.failure.values["message"]))
            exit_with_failure(outcome.failure)
        return outcome.worked


def _step(step: Any) -> dict[str, Any]:
    """Return a step as JSON, with its title as one sentence."""
    shown = step.to_json() | {"title": str(explain.sentence(step.title))}
    del shown["variants"]
    return shown | {"notes": [str(explain.sentence(note)) for note in step.notes]}
