"""Errors that the server catches, since the site could not answer at all, are lines of the same log."""

import json
import subprocess
import sys

import pytest

FAILING = """
import logging
from logging.config import dictConfig
{server}
from community.settings.logs import logging_config
dictConfig(logging_config(level="INFO", as_json=True))
try:
    raise RuntimeError("the template is gone")
except RuntimeError:
    logging.getLogger("{name}").exception("Application callable raised an exception")
"""
SERVERS = {
    "_granian": "from granian.log import LogLevels, configure_logging; configure_logging(LogLevels.info)",
    "uvicorn.error": "import uvicorn; uvicorn.Config('community.asgi:application')",
}


@pytest.mark.parametrize("name", SERVERS)
def test_an_error_that_the_server_logs_is_a_json_line_of_level_error(name):
    code = FAILING.format(server=SERVERS[name], name=name)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    (line,) = (done.stdout + done.stderr).splitlines()
    told = json.loads(line)
    assert told["level"] == "error" and "the template is gone" in told["exception"]
