"""JSON API version 1: composition only."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from community.api.auth import Bearer
from community.api.docs import Page
from community.api.openapi import Api
from community.api.parsing import JsonParser
from community.api.refusals import install
from community.api.routers import (
    me,
    posts,
    proposals,
    run_files,
    run_relations,
    runs,
    search,
    suggestions,
    threads,
    twins,
    worked,
)

api = Api(
    title="Chainrule API",
    version="1",
    description=str(
        _(
            "Threads, posts and runs for programs. Public content can be read without a token; everything else "
            "needs 'Authorization: Bearer …'. Lists are paged by cursor. A POST with an 'Idempotency-Key' is "
            "carried out once."
        )
    ),
    urls_namespace="api-v1",
    auth=Bearer(),
    docs=Page(),
    parser=JsonParser(),
    docs_url="/docs",
    openapi_url="/openapi.json",
)
install(api)
api.add_router("/threads", threads.router)
api.add_router("/posts", posts.router)
api.add_router("/runs", runs.router)
api.add_router("/runs", run_files.router)
api.add_router("/runs", worked.router)
api.add_router("/runs", run_relations.router)
api.add_router("/runs", twins.router)
api.add_router("/search", search.router)
api.add_router("/suggestions", suggestions.router)
api.add_router("/proposals", proposals.router)
api.add_router("/me", me.router)
