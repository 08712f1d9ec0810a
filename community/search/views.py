from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from community.common.pagination import keyset_page
from community.common.text import one_line
from community.search.selectors import matches, results

PAGE = 15
LONGEST_QUERY = 200


@require_safe
def search_results(request: HttpRequest) -> HttpResponse:
    query = one_line(request.GET.get("q", ""))[:LONGEST_QUERY]
    page = keyset_page(matches(query, request.user), order=("rank", "-pk"), size=PAGE, request=request)
    context = {"query": query, "page": page, "results": results(page.items, query, request.user)}
    return render(request, "search/results.html", context)
