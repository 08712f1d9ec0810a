"""Production with every component as a separate process."""

import os
import signal

import psycopg
import pytest

from tests.waiting import eventually

pytestmark = [pytest.mark.services, pytest.mark.full]

DONE = """
SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status = 'SUCCESSFUL' AND task_path LIKE '%jobs_tasks%'
"""
ENQUEUE = "from tests.community.common.jobs_tasks import count; count.enqueue('k')"


@pytest.fixture
def site(production_site):
    return production_site


def shell(site, code: str) -> str:
    return site.manage("shell", "--no-imports", "-v", "0", "-c", code).strip()


def done(site) -> int:
    """Return how many of our jobs have been done."""
    with psycopg.connect(site.environ["CHAINRULE_DATABASE_URL"]) as connection:
        return connection.execute(DONE).fetchone()[0]


def test_every_part_is_ready(site):
    status, answer = site.get("/readyz")
    assert (status, '"workers": "ok"' in answer, '"database": "ok"' in answer) == (200, True, True)


def test_a_page_comes_with_its_files_by_digest(site):
    status, page = site.get("/")
    assert status == 200
    assert "/static/community/css/site." in page
    assert "/static/community/css/site.css" not in page


def test_a_job_goes_through_celery(site):
    before = done(site)
    shell(site, ENQUEUE)
    eventually(lambda: done(site) == before + 1)


def test_a_job_that_redis_forgot_is_done_all_the_same(site):
    before = done(site)
    os.kill(site.processes["jobs"].pid, signal.SIGSTOP)
    try:
        shell(
            site,
            "from unittest import mock\n"
            "from community.common import tasks_celery\n"
            "tasks_celery.send = lambda pk: False\n"
            "from django.db import transaction\n" + ENQUEUE,
        )
    finally:
        os.kill(site.processes["jobs"].pid, signal.SIGCONT)
    eventually(lambda: done(site) == before + 1)
