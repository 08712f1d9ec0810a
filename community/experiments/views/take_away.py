"""Take a run away: as a script in another library, or as a file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from bpsandbox import api
from community.experiments import configs, downloads, origin
from community.experiments.errors import with_site_errors
from community.experiments.rates import DOWNLOADING
from community.experiments.visitors import identities


@require_safe
@with_site_errors
def twin(request: HttpRequest, spec_hash: str, library: str) -> HttpResponse:
    """Return the script of a run; `?setting=2` names the setting of a sweep."""
    DOWNLOADING.hit(request)
    setting = downloads.whole_number(request.GET.get("setting", ""))
    text = api.twin(library, **identities(request), spec_hash=spec_hash, setting=setting)
    return downloads.script(text, f"{spec_hash[:12]}_{library}.py")


@require_safe
@with_site_errors
def config(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Return the config of a run, as written in the reader's post, else shortened."""
    person = identities(request)
    page = api.run_page(spec_hash, **person, shown_in=origin.shown_in(request))
    return downloads.config(configs.written(page, **person), spec_hash)


@require_safe
@with_site_errors
def taken_file(request: HttpRequest, spec_hash: str, name: str) -> HttpResponse:
    """Return a file of a run: a notebook, the data, all points; `?seed=3`: of trained weights, whose."""
    DOWNLOADING.hit(request)
    setting, seed = (downloads.whole_number(request.GET.get(field, "")) for field in ("setting", "seed"))
    file = api.taken_file(name, **identities(request), spec_hash=spec_hash, setting=setting, seed=seed)
    return downloads.taken(file)


@require_safe
@with_site_errors
def citation(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Return the run as an entry for BibTeX."""
    page = api.run_page(spec_hash, **identities(request), shown_in=origin.shown_in(request))
    return downloads.citation(page, request.build_absolute_uri(origin.run_url(request, spec_hash)))
