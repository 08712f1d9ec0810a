"""Notifications on devices, by web push (RFC 8030).

`devices` adds and removes them, `outbox` says what waits for them, `sending` takes what is due, `composing` writes what
they show, `encryption` and `vapid` are RFC 8291 and 8292. A push is about a line of the list, which is looked at again
right before it is sent.
"""
