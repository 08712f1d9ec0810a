"""Email that comes in: replies to letters, and reports of what could not be delivered.

`maildir`, `lmtp` and the command `receive_mail` are the ways in, `door` decides what a message is. `addresses` makes
and reads the addresses that messages come back to, `messages` reads a message within limits, `senders` says whether it
is by whom it says, `quotes` finds what its writer wrote. `replies` posts it, `answers` sends back what is refused,
`bounces` ends email to addresses that take none.
"""
