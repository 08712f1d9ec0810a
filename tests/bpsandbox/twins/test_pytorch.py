"""PyTorch twins call what tensors have, in scripts that fit a page."""

import ast

import pytest

from bpsandbox import twins

from .cases import configs, generated


@pytest.mark.parametrize("name", configs())
def test_the_script_of_every_kind_calls_no_method_of_numpy_on_a_tensor(name):
    text = twins.twin(*generated(name), "pytorch")
    casts = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute) and node.attr == "astype"]
    assert not [ast.unparse(cast) for cast in casts if ast.unparse(cast).startswith("torch.")]
    assert max(map(len, text.splitlines())) <= 79
