import uuid

import pytest

from community.blogs.services import start_article
from community.content.services import start_thread

SOURCE = """## 1 Forward

Let $x = (1, 2)$ and

$$z = W x + b.$$

## 2 Backward

### The last layer

The gradient is $\\frac{\\partial L}{\\partial W}$.[^1]

[^1]: By the chain rule.
"""


@pytest.fixture
def client_of_ada(ada, as_user):
    return as_user(ada)


@pytest.fixture
def draft(ada):
    return start_article(author=ada, title="Backward by hand", source=SOURCE, summary="Every number.", tags=["xor"])


@pytest.fixture
def article(ada):
    return start_article(
        author=ada, title="Backward by hand", source=SOURCE, summary="Every number.", tags=["xor"], publish=True
    )


@pytest.fixture
def note(ada):
    return start_thread(author=ada, kind="note", source="A note on $\\sigma'$.")


@pytest.fixture
def form():
    """Return a form's fields as a browser sends them, with a new submission key each time."""

    def filled(**fields) -> dict[str, str]:
        sent = {"title": "Backward by hand", "source": SOURCE, "summary": "Every number.", "tags": "xor"}
        return sent | {"submission": str(uuid.uuid4()), "draft_key": "new:article"} | fields

    return filled
