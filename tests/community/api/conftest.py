import json

import pytest

from community.api.models import Scope, new_token
from tests.factories import PersonFactory


class Program:
    """A JSON client with a token."""

    def __init__(self, client, owner, scope=Scope.WRITE):
        self.client, self.owner = client, owner
        self.token, self.secret = new_token(owner=owner, name="test", scope=scope, days=1)

    def call(self, method, path, body=None, **headers):
        content = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        headers = {"Authorization": f"Bearer {self.secret}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        return getattr(self.client, method)(f"/api/v1/{path}", **content, headers=headers)

    def get(self, path, **headers):
        return self.call("get", path, **headers)

    def post(self, path, body, **headers):
        return self.call("post", path, body, **headers)


@pytest.fixture
def program(client, db):
    return Program(client, PersonFactory())


@pytest.fixture
def reading_program(client, db):
    return Program(client, PersonFactory(), Scope.READ)
