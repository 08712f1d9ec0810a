"""A title is user text: in a file it is a title and nothing else."""

import pytest

from bpsandbox import explain, spec

CONFIG = """
seed: 0
dataset: {name: xor}
model: {layers: [{type: Linear, out_features: 1}]}
loss: MSELoss
"""
HOSTILE = {
    "<script>alert(1)</script>": (r"\<script\>alert(1)\</script\>", "<script>alert(1)</script>"),
    "a\n\n# b": (r"a \# b", r"a \# b"),
    "[c](javascript:d)": (r"\[c\](javascript:d)", "[c](javascript:d)"),
    "a\x7fb": ("a\x7fb", "a b"),
    "\\input{e} $f$": (r"\\input{e} \$f\$", r"\textbackslash{}input\{e\} \$f\$"),
}


@pytest.fixture(scope="module")
def worked():
    parsed = spec.parse(CONFIG)
    return explain.explained(explain.captured(parsed, 0, 0, None), explain.Convention(), asked=0)


@pytest.mark.parametrize("title", HOSTILE)
def test_nothing_begins_in_a_title(worked, title):
    markdown, tex = HOSTILE[title]
    assert explain.markdown(worked, title=title).split("\n\n")[0] == f"# {markdown}"
    assert f"\\section*{{{tex}}}\n" in explain.tex(worked, title=title)
