"""Pages for visitors, kept in the memory of each web process and right within a second of any change.

    @require_safe
    @shared_page("order", "after", "before")
    def category(request, slug):
        page_cache.depends_on(f"in_category:{found.pk}")

A kept page is answered while none of the topics it depends on has changed (`community.common.changes`). What a page
depends on is recorded while it is made: the tables that its queries read, or the topics that the view names instead. A
view that names none depends on every change of a table: always right, only kept for less long. A page that reads a
table which nobody watches, sets a cookie, or is for somebody with a session is never kept. Of a member's page, parts
that are the same for everybody are kept in the same way (`shared_part`). A part that changes far more often than its
page is made anew in it (`renewable`).
"""

from community.common.page_cache.parts import keeps_parts, shared_part
from community.common.page_cache.recording import depends_on, expires_in, is_recording
from community.common.page_cache.renewable import renewable
from community.common.page_cache.views import shared_page

__all__ = ["depends_on", "expires_in", "is_recording", "keeps_parts", "renewable", "shared_page", "shared_part"]
