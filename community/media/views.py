from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.accounts.kept_forms import sign_in_first
from community.accounts.requests import MemberRequest
from community.accounts.services import choose_picture
from community.common.middleware.public_files import public_file
from community.common.ratelimit import limited
from community.media.errors import DecoderBusy, PictureRefused
from community.media.models import Asset
from community.media.pictures import MOST_BYTES
from community.media.rates import UPLOADING
from community.media.services import add_picture, set_avatar, smaller_copy
from community.media.storage import StorageAway, read

CONTENT_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
A_YEAR = 365 * 24 * 3600
RETRY_SECONDS = 5


@sign_in_first
@require_http_methods(["GET", "POST"])
@limited(UPLOADING)
def upload(request: MemberRequest) -> HttpResponse:
    """Upload one picture (`picture`); returns its Markdown as JSON to a script, as a page to a form."""
    if request.method == "GET":
        return render(request, "media/upload.html")
    asset = add_picture(owner=request.user, **_picture(request))
    if request.accepts("text/html"):
        return render(request, "media/upload.html", {"asset": asset})
    return JsonResponse(
        {"url": asset.get_absolute_url(), "markdown": asset.markdown, "width": asset.width, "height": asset.height},
        status=201,
    )


@sign_in_first
@require_POST
@limited(UPLOADING)
def avatar(request: MemberRequest) -> HttpResponse:
    """Upload one's own avatar, or go back to the one that is drawn."""
    if "remove" in request.POST:
        choose_picture(person=request.user, picture="")
        messages.success(request, _("Picture removed. Your avatar is drawn again."))
    else:
        set_avatar(owner=request.user, **_picture(request))
        messages.success(request, _("Picture saved."))
    return redirect(reverse("accounts:settings") + "#profile")


@lru_cache(maxsize=4096)
def _asset(sha256: str, extension: str = "") -> Asset:
    """Return an asset, cached per process after one query. Raises Http404."""
    row = Asset.objects.filter(sha256=sha256, **({"extension": extension} if extension else {})).first()
    if row is None:
        raise Http404
    return row


def _picture(request: HttpRequest) -> dict:
    sent = request.FILES.get("picture")
    if sent is None:
        raise PictureRefused(_("Choose a picture first."))
    if (sent.size or 0) > MOST_BYTES:
        raise PictureRefused(_("This picture is larger than 5 MB. Make it smaller and try again."))
    return {"content": sent.read(), "name": sent.name or ""}


@public_file
@require_safe
def asset(request: HttpRequest, sha256: str, extension: str) -> HttpResponse:
    """Serve a picture. Its URL contains its content hash: it cannot be guessed and can be cached forever."""
    return _served(lambda: read(_asset(sha256, extension).path), CONTENT_TYPES[extension])


@public_file
@require_safe
def smaller_asset(request: HttpRequest, sha256: str, width: str) -> HttpResponse:
    """Serve a smaller copy of a picture; the picture itself if it moves, or for once if others are being decoded."""
    whole = _asset(sha256)
    try:
        response = _served(lambda: smaller_copy(whole.path, int(width)), CONTENT_TYPES["webp"])
    except DecoderBusy:
        return HttpResponseRedirect(whole.get_absolute_url(), headers={"Cache-Control": "no-store"})
    is_there = response.status_code != HTTPStatus.OK or response.content
    return response if is_there else HttpResponsePermanentRedirect(whole.get_absolute_url())


def _served(content: Callable[[], bytes], content_type: str) -> HttpResponse:
    try:
        response = HttpResponse(content(), content_type=content_type)
    except FileNotFoundError as error:
        raise Http404 from error
    except StorageAway:  # here, because nothing of the site is around a public file
        return HttpResponse(status=503, headers={"Retry-After": RETRY_SECONDS, "Cache-Control": "no-store"})
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
