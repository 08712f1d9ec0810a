"""Series: a person's articles in an order, each in at most one.

`services` changes them, `selectors` reads them for pages, `forms` are those of their owner, `telling` notifies
followers.
"""
