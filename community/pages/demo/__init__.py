"""Demo content: clearly marked demo accounts and their posts.

`stories/*.md` contains the texts, `stories.py` reads them, `accounts.py` the accounts, `loading.py` loads them,
`removal.py` removes them.
"""
