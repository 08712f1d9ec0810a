"""Downloads of a run."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from bpsandbox import api

DAY = 24 * 3600
IN_LATEX = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "#$%&_{}"},
        "\\": r"\textbackslash{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
    }
)


def csv(whole: api.Document, spec_hash: str) -> HttpResponse:
    """Return the full series as CSV, one row per point and seed.

    Not streamed: an ASGI server would collect a synchronous stream first, and warn about it.
    """
    response = HttpResponse("".join(api.series_csv(whole)), content_type="text/csv; charset=utf-8")
    return _named(response, f"{spec_hash[:12]}.csv")


def document(whole: api.Document, spec_hash: str) -> HttpResponse:
    body = json.dumps(whole.to_json(), ensure_ascii=False, allow_nan=False)
    return _named(HttpResponse(body, content_type="application/json"), f"{spec_hash[:12]}.json")


def picture(drawing: str) -> HttpResponse:
    """Return a standalone drawing. Its content security policy allows its own style and nothing else."""
    response = HttpResponse(drawing, content_type="image/svg+xml; charset=utf-8")
    response["Content-Security-Policy"] = f"default-src 'none'; style-src {_own_style(drawing)}; sandbox"
    return for_other_sites(response)


def card(drawing: bytes) -> HttpResponse:
    return for_other_sites(HttpResponse(drawing, content_type="image/png"))


def for_other_sites(response: HttpResponse) -> HttpResponse:
    """Let pages of other sites, such as feed readers, show a picture; browsers send no cookie of ours with it."""
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def config(text: str, spec_hash: str) -> HttpResponse:
    return _named(HttpResponse(text, content_type="application/yaml; charset=utf-8"), f"{spec_hash[:12]}.yaml")


def data_csv(text: str, name: str) -> HttpResponse:
    return _named(HttpResponse(text, content_type="text/csv; charset=utf-8"), f"{name}.csv")


def tex(text: str, spec_hash: str) -> HttpResponse:
    return _named(HttpResponse(text, content_type="application/x-tex; charset=utf-8"), f"{spec_hash[:12]}.tex")


def markdown(text: str, spec_hash: str) -> HttpResponse:
    return _named(HttpResponse(text, content_type="text/markdown; charset=utf-8"), f"{spec_hash[:12]}.md")


def conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Give an answer the hash of its content as its ETag; 304 if the client has it already."""
    etag = quote_etag(sha256(response.content).hexdigest()[:32])
    response["ETag"] = etag
    answer = get_conditional_response(request, etag=etag, response=response)
    return answer if isinstance(answer, HttpResponse) else response


def script(text: str, name: str) -> HttpResponse:
    """Return a script, which a browser shows as text."""
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def taken(file: api.TakenFile) -> HttpResponse:
    return _named(HttpResponse(file.content, content_type=file.kind), file.name)


def citation(page: api.RunPage, address: str) -> HttpResponse:
    """Return an entry for BibTeX: a title, the run's address, its hash, its engine and the year.

    The title is that of the post from which the reader comes; without one it is the run in English words.
    """
    with translation.override("en"):
        title = (page.title if page.shown_in else page.card.words["title"]).translate(IN_LATEX)
    lines = [
        f"@misc{{chainrule-{page.card.spec_hash[:12]},",
        f"  title = {{{{{title}}}}},",
        f"  howpublished = {{\\url{{{address}}}}},",
        *([f"  year = {{{page.card.finished_at.year}}},"] if page.card.finished_at else []),
        f"  note = {{Chainrule run {page.card.spec_hash}, engine {page.card.engine_version}}},",
        "}",
    ]
    text = "\n".join(lines) + "\n"
    return _named(HttpResponse(text, content_type="application/x-bibtex; charset=utf-8"), "chainrule.bib")


def whole_number(asked: str) -> int | None:
    """Return a number in an address; None if there is none, -1, which no setting and no seed is, if it is none."""
    if not asked:
        return None
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 20 else -1


def _own_style(drawing: str) -> str:
    """Return the hash of the drawing's stylesheet for its content security policy."""
    sheets = re.findall(r"<style>(.*?)</style>", drawing, re.DOTALL)
    hashes = (b64encode(sha256(sheet.encode()).digest()).decode() for sheet in sheets)
    return " ".join(f"'sha256-{digest}'" for digest in hashes) or "'none'"


def _named(response: HttpResponse, name: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
