"""Reading from copies of the database, which are never quite as new as the primary.

    @from_replica
    def latest(request): ...

The queries of such a view, a list or a search, go to a replica that is at most a second behind. They go to the primary
when none is, for a person who has just written, inside a transaction, for a page that is kept for others
(`page_cache`), and in everything that is not a safe request. Everything else always reads from the primary.

`reading_alias()` tells which database queries read from now.
"""

from community.common.replicas.reading import from_replica, reading_alias

__all__ = ["from_replica", "reading_alias"]
