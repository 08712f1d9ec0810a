"""Content to begin with: plainly demo accounts, and what they asked, answered and wrote.

`stories/*.md` holds the texts, `stories.py` reads them, `cast.py` the accounts, `loading.py` puts them in,
`removal.py` takes them out again.
"""
