"""Canonical configs in readable form."""

import pytest

from bpsandbox import spec
from community.experiments import configs


@pytest.mark.parametrize("name", list(spec.presets.PRESETS))
def test_the_short_text_is_the_same_spec(name):
    parsed = spec.parse(spec.presets.PRESETS[name].text)
    short = configs.short(parsed.to_json(), parsed.hash)
    assert spec.parse(short).hash == parsed.hash
    assert len(short) < len(parsed.to_json())


def test_what_is_a_default_is_left_out():
    parsed = spec.parse(
        "dataset: {name: xor}\nmodel: {layers: [{type: Linear, out_features: 1}]}\nloss: {type: MSELoss}\n"
    )
    text = configs.short(parsed.to_json(), parsed.hash)
    assert text == (
        "dataset: {name: xor}\nmodel:\n  layers:\n    - {type: Linear, out_features: 1}\nloss: {type: MSELoss}\n"
    )


def test_words_that_yaml_would_misread_are_quoted():
    text = configs.readable({"title": "no: # one", "model": {"layers": []}}, "")
    assert "title: 'no: # one'" in text
