"""Runs as scripts in other libraries, and as files."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router

from bpsandbox import api as sandbox
from community.api.auth import BearerOrVisitor
from community.experiments import downloads

router = Router(tags=["runs"])


@router.get(
    "/{int:run_id}/twin/{library}.py",
    response={200: str},
    auth=BearerOrVisitor(),
    summary=gettext_noop("A run as a script"),
    description=gettext_noop(
        "The same run in pytorch, numpy, keras, sklearn or jax, from the same start weights over the same batches. The "
        "last line it prints is a JSON object: `train_loss` has one number for each recorded point, one seed after the "
        "other. `setting` names a setting of a sweep, from 1. 422 says in one sentence what a library cannot express."
    ),
)
def run_twin(request: HttpRequest, run_id: int, library: str, setting: int | None = None) -> HttpResponse:
    text = sandbox.twin(library, request.user, run_id=run_id, setting=setting)
    response = HttpResponse(text, content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="run_{run_id}_{library}.py"'
    return response


@router.get(
    "/{int:run_id}/files/{name}",
    response={200: str},
    auth=BearerOrVisitor(),
    summary=gettext_noop("A file of a run"),
    description=gettext_noop(
        "notebook.ipynb, data.csv (all samples), series.npz (every curve, points by seeds), and the trained weights of "
        "one seed as weights.npz, weights.safetensors and network.onnx: of the first, or the one that `seed` names."
    ),
)
def run_file(
    request: HttpRequest, run_id: int, name: str, setting: int | None = None, seed: int | None = None
) -> HttpResponse:
    file = sandbox.taken_file(name, request.user, run_id=run_id, setting=setting, seed=seed)
    return downloads.taken(file)
