"""Notifications by email: letters about one notification each, and digests.

`outbox` says what waits, `letters` and `digests` take what is due and send it, `composing` writes the messages,
`sending` hands them to the mail server, `stopping` ends email by the links in it. Everything is looked at again right
before it is sent: what was read, hidden, deleted or muted meanwhile is not mailed, nor is anybody without a confirmed
address.
"""
