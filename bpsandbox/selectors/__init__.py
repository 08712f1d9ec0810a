"""Read what pages show: cards for many specs in one query, a run page, lists, results.

The returned objects run no further queries.
"""

from .cards import (
    BRIEF,
    CARD,
    SHOWN,
    Brief,
    Card,
    Certified,
    Listed,
    brief_of,
    brief_states,
    card_of,
    card_states,
    listed_on,
    stored,
)
from .lists import (
    Listing,
    gallery,
    is_gone,
    listed_by_day,
    listing_of,
    owned,
    some_wait,
    targets,
    targets_of,
    with_listing,
)
from .pages import Past, RunPage, Source, page_of_run, run_page, spec_for, title_of, with_every_point, written_text
from .results import document_of_run, finished_run, run_by_id, whole_document
from .steps import StepBounds, WorkedStep, step_bounds, step_name, worked_step
from .waiting import overdue_runs, queue_length, wanted_by, workers_alive

__all__ = [
    "BRIEF",
    "CARD",
    "SHOWN",
    "Brief",
    "Card",
    "Certified",
    "Listed",
    "Listing",
    "Past",
    "RunPage",
    "Source",
    "StepBounds",
    "WorkedStep",
    "brief_of",
    "brief_states",
    "card_of",
    "card_states",
    "document_of_run",
    "finished_run",
    "gallery",
    "is_gone",
    "listed_by_day",
    "listed_on",
    "listing_of",
    "overdue_runs",
    "owned",
    "page_of_run",
    "queue_length",
    "run_by_id",
    "run_page",
    "some_wait",
    "spec_for",
    "step_bounds",
    "step_name",
    "stored",
    "targets",
    "targets_of",
    "title_of",
    "wanted_by",
    "whole_document",
    "with_every_point",
    "with_listing",
    "worked_step",
    "workers_alive",
    "written_text",
]
