"""Log of the changes that pages for visitors depend on, written by the database itself.

Triggers write it, so that no way of changing a row is missed: services, bulk updates, the admin, commands, or SQL typed
by an operator. An app names its tables and topics in `AppConfig.ready`:

    changes.watch(Thread, topics=[Topic("thread", "id"), Topic("in_category", "category_id")])

A change of a row is logged in its transaction as the name of the table and its topics, `content_thread thread:5
in_category:3`, before and after the change. Each process reads the log when it needs it (`log.CHANGES.catch_up`).
"""

from community.common.changes.registry import Topic, tables_logged_under, watch, watched_tables

__all__ = ["Topic", "tables_logged_under", "watch", "watched_tables"]
