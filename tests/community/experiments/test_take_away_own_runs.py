"""Files of runs that each test trains: sweeps, large networks, private runs, and what there is no file of."""

import io
import json
import re
from importlib import import_module

import numpy as np
import pytest

from bpsandbox import core, spec, storage
from bpsandbox.models import Run, TrainedWeights
from bpsandbox.twins import FILES, OF_WEIGHTS
from tests.training import train

pytestmark = pytest.mark.django_db


def arrays_of(answer) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(answer.content)) as arrays:
        return dict(arrays)


LARGE = "{layers: [{type: Linear, out_features: 200, activation: tanh}, {type: Linear, out_features: 1}]}"


@pytest.fixture
def offered(visitor):
    """Return a function that takes every file that a run's page offers, by name."""

    def take(spec_hash: str) -> dict[str, int]:
        page = visitor.get(f"/runs/{spec_hash}/").content.decode()
        fold = page[page.index('id="take-away"') :].partition("</form>")[0]
        links = re.findall(r'(?:href|formaction)="(/runs/[^"]+)"', fold)
        return {link.rpartition("/")[2]: visitor.get(link).status_code for link in links}

    return take


def test_the_page_offers_the_scripts_that_there_are(trained, visitor, config):
    spec_hash = trained(config(optimizer="{type: Lion, lr: 0.01}"))
    page = visitor.get(f"/runs/{spec_hash}/").content.decode()
    assert 'id="take-away"' in page
    for library in ("numpy", "pytorch", "keras", "jax"):
        assert f'href="/runs/{spec_hash}/twin/{library}.py"' in page
    assert "Why not in scikit-learn?" in page and "scikit-learn has no Lion" in page
    assert "instead: PyTorch, NumPy, Keras, JAX." in page


def test_the_config_that_a_post_s_page_offers_is_that_of_the_post(asked, config, visitor, member):
    posts = [asked(member, text=config(title=title)) for title in ("The first", "The second")]
    spec_hash = train()
    for post, title in zip(posts, ("The first", "The second"), strict=True):
        for path in ("", "stage/"):
            page = visitor.get(f"/runs/{spec_hash}/{path}?post={post.pk}").content.decode()
            link = re.search(r'href="(/runs/\w+/config.yaml[^"]*)"', page)[1]
            assert f"title: {title}" in visitor.get(link).content.decode()


def test_only_files_that_there_are_are_offered(trained, offered, config, monkeypatch):
    everything = offered(trained())
    assert everything.keys() >= {"data.csv", "notebook.ipynb", "weights.npz", "weights.safetensors", "network.onnx"}
    assert set(everything.values()) == {200}
    no_notebook = offered(
        trained(config(lr_scheduler="{type: ReduceLROnPlateau, monitor: train_mae}", metrics="[mae]"))
    )
    assert "notebook.ipynb" not in no_notebook and set(no_notebook.values()) == {200}
    monkeypatch.setattr(import_module("bpsandbox.explain.data_card"), "MOST_NUMBERS", 3)
    large = offered(trained(config(seeds="[7]")))
    assert "data.csv" not in large and "series.npz" in large and set(large.values()) == {200}


def test_weights_beyond_single_precision_are_not_offered_in_it(trained, offered, config):
    line = "{layers: [{type: Linear, out_features: 1}]}"
    made = offered(trained(config(model=line, optimizer="{type: SGD, lr: 1e200}")))
    assert "weights.npz" in made and "network.onnx" not in made
    assert set(made.values()) == {200}


@pytest.mark.parametrize("door", ["/runs/{hash}/twin/{library}.py", "/api/v1/runs/{id}/twin/{library}.py"])
def test_what_has_no_script_says_so_in_a_sentence(wanted, visitor, config, door):
    made = wanted(config(lr_scheduler="{type: ReduceLROnPlateau, monitor: train_mae}", metrics="[mae]"))

    def ask(library="numpy", headers=None):
        address = door.format(hash=made.spec_hash, id=made.run.pk, library=library)
        return visitor.get(address, headers=headers)

    answer = ask()
    assert answer.status_code == 409 and "not finished" in answer.content.decode()
    train()
    answer = ask()
    assert answer.status_code == 422 and "follows train_mae" in answer.content.decode()
    assert ask("fortran").status_code == 404
    Run.objects.update(archive=None, result=None, state="failed")
    answer = ask()
    assert answer.status_code == 409 and "without a result" in answer.content.decode()
    page = visitor.get(f"/runs/{made.spec_hash}/").content.decode()
    assert 'id="take-away"' not in page


def test_a_sweep_has_a_script_for_each_setting(trained, visitor, config):
    spec_hash = trained(config(sweep="{parameters: {optimizer.lr: [0.5, 1.0]}}"))
    address = f"/runs/{spec_hash}/twin/numpy.py"
    assert "LR = 1.0" in visitor.get(f"{address}?setting=2").content.decode()
    for wrong in ("", "?setting=0", "?setting=3", "?setting=x"):
        answer = visitor.get(address + wrong)
        assert answer.status_code == 422 and "sweep of 2 settings" in answer.content.decode()
    page = visitor.get(f"/runs/{spec_hash}/").content.decode()
    assert '<option value="2">2: optimizer.lr 1</option>' in page
    assert f'formaction="/runs/{spec_hash}/files/network.onnx"' in page
    files, contents = f"/runs/{spec_hash}/files", set()
    for setting in (1, 2):
        for seed in (0, 2):
            answer = visitor.get(f"{files}/weights.npz?setting={setting}&seed={seed}")
            contents.add(answer.content)
            assert answer.status_code == 200
    assert len(contents) == 4


def test_what_is_taken_of_a_private_run_is_its_owner_s(trained, visitor, member, signed_in, newcomer):
    spec_hash = trained(requester=member)
    scripts = [f"twin/{library}.py" for library in ("numpy", "pytorch", "keras", "jax")]
    files = [f"files/{name}" for name in (*FILES, *OF_WEIGHTS)]
    others = ["series.csv", "result.json", "curve.svg", "card.png", "cite.bib"]
    owner, stranger = signed_in(member), signed_in(newcomer)
    for path in [*scripts, *files, *others]:
        address = f"/runs/{spec_hash}/{path}"
        assert owner.get(address).status_code == 200, path
        assert stranger.get(address).status_code == 404, path
        assert visitor.get(address).status_code == 404, path


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("worked.tex", "This step has not been worked out."),
        ("worked.md?sample=x", "Example, step and seed must be whole numbers from 0."),
        ("pictures/boundary.svg", "This run has no such picture."),
        ("curve.svg?curve=val_loss", "This run has these curves: train_loss."),
    ],
)
def test_what_a_run_has_no_record_of_is_a_sentence_and_a_way_back(trained, visitor, config, part, words):
    data = "{points: {x: [[0, 0, 0], [0, 1, 0], [1, 0, 1], [1, 1, 1]], y: [0.0, 1.0, 1.0, 0.0]}}"
    spec_hash = trained(config(dataset=data, record="{}"))
    answer = visitor.get(f"/runs/{spec_hash}/{part}")
    page = answer.content.decode()
    assert answer.status_code == 404 and words in page and f'href="/runs/{spec_hash}/"' in page


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_files_of_a_large_network_hold_the_weights_of_each_seed(trained, visitor, config, dtype):
    text = config(model=LARGE, checks="{}", dtype=dtype, optimizer="{type: SGD, lr: 0.01}")
    spec_hash, parsed = trained(text), spec.parse(text)
    final = core.run(spec.build(parsed)).session
    network, values = final.experiment.network, final.endings.values
    for place, seed in enumerate(parsed.seeds):
        taken = arrays_of(visitor.get(f"/runs/{spec_hash}/files/weights.npz?seed={seed}"))
        assert {name: array.dtype.name for name, array in taken.items()} == dict.fromkeys(network.named(values), dtype)
        for name, expected in network.named(values).items():
            assert np.array_equal(taken[name], expected[place])
    run_id = Run.objects.get().pk
    of_one = visitor.get(f"/api/v1/runs/{run_id}/files/weights.safetensors?seed=2")
    assert of_one.status_code == 200 and "-seed2-weights.safetensors" in of_one["Content-Disposition"]
    assert of_one.content != visitor.get(f"/api/v1/runs/{run_id}/files/weights.safetensors").content
    assert b"Tanh" in visitor.get(f"/runs/{spec_hash}/files/network.onnx?seed=1").content


def test_the_page_asks_of_which_seed_and_an_unknown_one_is_refused(trained, visitor, config):
    spec_hash = trained()
    page = visitor.get(f"/runs/{spec_hash}/").content.decode()
    select = page[page.index('<select name="seed" id="weights-seed">') :].partition("</select>")[0]
    assert re.findall(r"<option>(\d+)</option>", select) == ["0", "1", "2"]
    assert f'formaction="/runs/{spec_hash}/files/weights.npz"' in page
    for wrong in ("7", "x", "-1", "9" * 400):
        answer = visitor.get(f"/runs/{spec_hash}/files/weights.npz?seed={wrong}")
        assert answer.status_code == 422 and "This run has these seeds: 0, 1, 2." in answer.content.decode()
    alone = visitor.get(f"/runs/{trained(config(seeds='[4]'))}/").content.decode()
    assert "weights-seed" not in alone and "/files/weights.npz" in alone


def test_weights_that_are_not_stored_are_a_sentence_that_says_how_to_get_them(trained, visitor, config, settings):
    settings.BPSANDBOX_WEIGHTS_BYTES = 0
    spec_hash = trained(config(model=LARGE, checks="{}"))
    assert not TrainedWeights.objects.exists()
    for name in OF_WEIGHTS:
        answer = visitor.get(f"/runs/{spec_hash}/files/{name}")
        assert answer.status_code == 422 and "Run it again to have them stored" in answer.content.decode()
    page = visitor.get(f"/runs/{spec_hash}/").content.decode()
    assert "The trained weights of seed 0 are not stored" in page and "/files/weights.npz" not in page


def test_weights_that_made_room_for_newer_ones_say_so(trained, visitor, config, settings):
    spec_hash = trained(config(model=LARGE, checks="{}"))

    def offered():
        page = visitor.get(f"/runs/{spec_hash}/").content.decode()
        select = page.partition('<select name="seed" id="weights-seed">')[2].partition("</select>")[0]
        return re.findall(r"<option>(\d+)</option>", select), "The trained weights of seed 0 are not stored" in page

    assert offered() == (["0", "1", "2"], False)
    trimmer = storage.Trimmer()
    settings.BPSANDBOX_WEIGHTS_BYTES = 5 * TrainedWeights.objects.first().size // 2
    assert trimmer.trim() == 1 and offered() == (["1", "2"], False)
    settings.BPSANDBOX_WEIGHTS_BYTES = 1
    assert trimmer.trim() == 2 and offered() == ([], True)
    answer = visitor.get(f"/runs/{spec_hash}/files/weights.npz?seed=1")
    assert answer.status_code == 422 and "made room for newer ones" in answer.content.decode()


def test_a_seed_that_diverged_says_so_and_the_others_have_their_weights(trained, visitor, config):
    line = "{layers: [{type: Linear, out_features: 1}]}"
    data = "{points: {x: [[0], [1]], y: [0.0, 1.0e+12]}}"
    sweep = "{parameters: {optimizer.lr: [1e-5, 1e300]}}"
    spec_hash = trained(config(dataset=data, model=line, checks="{}", record="{}", sweep=sweep))
    address = f"/runs/{spec_hash}/files/weights.npz"
    assert visitor.get(f"{address}?setting=1").status_code == 200
    answer = visitor.get(f"{address}?setting=2&seed=1")
    assert answer.status_code == 422 and "Seed 1 of this run diverged" in answer.content.decode()


@pytest.mark.parametrize(("epochs", "has_final"), [("[0, 40]", True), ("[0, 20]", False)])
def test_an_older_run_has_files_of_the_weights_that_its_config_recorded(
    trained, visitor, config, settings, epochs, has_final
):
    settings.BPSANDBOX_WEIGHTS_BYTES = 0
    spec_hash = trained(config(model=LARGE, checks="{}", record=f"{{weights: {epochs}}}"))
    answer = visitor.get(f"/runs/{spec_hash}/files/weights.npz")
    offered = f"/runs/{spec_hash}/files/weights.npz" in visitor.get(f"/runs/{spec_hash}/").content.decode()
    assert answer.status_code == (200 if has_final else 422) and offered == has_final
    if not has_final:
        return
    recorded = json.loads(visitor.get(f"/runs/{spec_hash}/result.json").content)["records"]["weights"]
    taken = {name: array.tolist() for name, array in arrays_of(answer).items()}
    assert taken == {each["name"]: each["value"] for each in recorded[-1]["weights"]}


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("twin/fortran.py", "There are scripts in pytorch, numpy,"),
        ("files/weights.zip", "There are these files: data.csv,"),
    ],
)
def test_an_unknown_name_of_a_file_says_which_there_are_to_who_sees_the_run(
    trained, visitor, member, config, part, words
):
    page = visitor.get(f"/runs/{trained()}/{part}")
    assert page.status_code == 404 and words in page.content.decode() and "#take-away" in page.content.decode()
    hidden = visitor.get(f"/runs/{trained(config(title='Mine', seeds='[5]'), requester=member)}/{part}")
    assert hidden.status_code == 404 and words not in hidden.content.decode()


def test_a_script_that_there_is_not_leads_back_to_what_there_is(trained, visitor, config):
    spec_hash = trained(config(optimizer="{type: Lion, lr: 0.01}"))
    page = visitor.get(f"/runs/{spec_hash}/twin/sklearn.py").content.decode()
    assert "scikit-learn has no Lion" in page and f'href="/runs/{spec_hash}/#take-away"' in page
