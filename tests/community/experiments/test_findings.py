"""Findings on run pages and cards, and the changed configs that they offer."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from bpsandbox import spec

pytestmark = pytest.mark.django_db

SICK = """\
seeds: [0, 1]
dataset: {name: moons, n_samples: 60, noise: 0.1, seed: 0}
model:
  layers:
    - {type: Linear, out_features: 6, activation: sigmoid}
    - {type: Linear, out_features: 6, activation: sigmoid}
    - {type: Linear, out_features: 6, activation: sigmoid}
    - {type: Linear, out_features: 6, activation: sigmoid}
    - {type: Linear, out_features: 6, activation: sigmoid}
    - {type: Linear, out_features: 6, activation: sigmoid}
    - {type: Linear, out_features: 2}
loss: CrossEntropyLoss
optimizer: {type: SGD, lr: 0.1}
training: {epochs: 20, batch_size: 20}
record: {lr_range: true}
"""
HEALTHY = """\
seeds: [0]
dataset: {name: moons, n_samples: 60, noise: 0.1, seed: 0}
model: {layers: [{type: Linear, out_features: 8, activation: tanh}, {type: Linear, out_features: 2}]}
loss: CrossEntropyLoss
optimizer: {type: SGD, lr: 0.1}
training: {epochs: 40, batch_size: 20}
record: {lr_range: true}
"""


def links(page):
    return [html.unescape(each) for each in re.findall(r'href="(/playground/\?[^"]*fix=[^"]*)"', page)]


def test_a_sick_run_says_what_is_wrong_why_and_what_helps(trained, visitor):
    page = visitor.get(f"/runs/{trained(SICK)}/").content.decode()
    assert re.findall(r'data-finding="(\w+)"', page) == ["vanishing", "plateau"]
    assert page.count("No seed learned anything") == 1
    section = page[page.index('id="findings"') :]
    assert "Each layer multiplies the gradient by its weights" in section and "<math" in section


def test_every_change_opens_as_a_valid_config_in_the_playground(trained, visitor):
    spec_hash = trained(SICK)
    found = links(visitor.get(f"/runs/{spec_hash}/").content.decode())
    assert any("fix=relu" in link for link in found)
    for link in found:
        page = visitor.get(link).content.decode()
        text = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.S)[1])
        assert spec.parse(text).hash != spec_hash


def test_a_card_and_a_chinese_page_name_the_finding(trained, visitor):
    spec_hash = trained(SICK)
    assert (
        "The gradient vanishes: from layer 6 back to layer 0"
        in visitor.get(f"/runs/{spec_hash}/card/").content.decode()
    )
    page = visitor.get(f"/runs/{spec_hash}/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "梯度消失" in page and "学习率搜索" in page


def test_the_playground_shows_the_findings_and_a_card_elsewhere_the_way_to_them(trained, visitor):
    spec_hash = trained(SICK)
    for address in (f"/playground/?run={spec_hash}", f"/runs/{spec_hash}/stage/"):
        page = visitor.get(address).content.decode()
        assert re.findall(r'data-finding="(\w+)"', page) == ["vanishing", "plateau"]
        assert any("fix=relu" in link for link in links(page))
    way = re.compile(r'<a class="button small" href="/runs/\w+/#findings">Findings</a>')
    assert way.search(visitor.get(f"/runs/{spec_hash}/card/").content.decode())
    assert not way.search(visitor.get(f"/runs/{trained(HEALTHY)}/card/").content.decode())


def test_a_healthy_run_has_no_section_for_findings(trained, visitor):
    page = visitor.get(f"/runs/{trained(HEALTHY)}/").content.decode()
    assert 'id="findings"' not in page and 'id="lr-range"' in page
    fixes = [parse_qs(urlsplit(link).query)["fix"] for link in links(page)]
    assert [fix for [fix] in fixes if not fix.startswith("record_")] == ["lr=0.2"]


@pytest.mark.parametrize("fix", ["relu", "lr=0.5", "lr=nan", "nonsense", "x" * 5000])
def test_a_change_of_a_private_run_is_not_found_and_a_strange_one_changes_nothing(
    trained, visitor, member, signed_in, fix
):
    spec_hash = trained(SICK, requester=member)
    link = f"/playground/?fork={spec_hash}&fix={fix}"
    assert visitor.get(link).status_code == 404
    assert signed_in(member).get(link).status_code == 200


def test_a_change_leaves_the_rest_as_it_was_written(trained, member, signed_in):
    written = "# my own words\n" + SICK.replace("noise: 0.1, seed: 0", "seed: 0, noise: 0.10")
    page = signed_in(member).get(f"/playground/?fork={trained(written, requester=member)}&fix=relu").content.decode()
    text = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[1])
    assert "# my own words\n" in text and "seed: 0, noise: 0.10" in text and text.count("relu") == 6


MANY = """\
seeds: {start: 0, count: 3}
dataset: {name: moons, n_samples: 60, noise: 0.3, seed: 0}
model:
  layers:
    - {type: Linear, out_features: 16, activation: sigmoid}
    - {type: Linear, out_features: 16, activation: relu}
    - {type: Linear, out_features: 16, activation: sigmoid}
    - {type: Linear, out_features: 16, activation: relu}
    - {type: Linear, out_features: 16, activation: sigmoid}
    - {type: Linear, out_features: 2}
loss: CrossEntropyLoss
optimizer: {type: Adam}
training: {epochs: 30, batch_size: 10}
sweep: {parameters: {optimizer.lr: [0.0001, 3.0, 300.0]}}
"""


def test_of_many_findings_the_first_three_are_open_and_the_others_are_folded_under_their_names(trained, visitor):
    page = visitor.get(f"/runs/{trained(MANY)}/").content.decode()
    found = re.findall(r'<details data-finding="\w+"( open)?>\s*<summary>\s*([A-Z][\w ]+)\s', page)
    assert len(found) > 3
    assert [is_open for is_open, _title in found] == [" open"] * 3 + [""] * (len(found) - 3)
