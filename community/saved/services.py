from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from community.accounts.models import User
from community.notifications.services import withdraw
from community.saved.errors import NotASearch, TooManySearches
from community.saved.models import SavedSearch
from community.saved.notices import key_of
from community.search import language, sentences
from community.search.selectors import read

MOST_SEARCHES = 20


def save_search(*, owner: User, text: str, name: str = "") -> tuple[SavedSearch, bool]:
    """Save a search, and return it and whether it is new. Saved again, it takes the name, if one is given.

    Raises NotASearch, TooManySearches.
    """
    return _save(owner, _checked(text, owner), name)


def delete_search(*, owner: User, pk: int) -> bool:
    """Delete a person's saved search and its notification. Returns whether there was one."""
    deleted, _rows = SavedSearch.objects.filter(owner=owner, pk=pk).delete()
    if deleted:
        withdraw(listeners=[owner.pk], event=key_of(pk))
    return deleted > 0


def _checked(text: str, owner: User) -> str:
    """Return the text of a search that means all that it says, as it is saved."""
    search = read(text, owner)
    problems = sentences.about(search)
    if problems:
        raise NotASearch(_("This search was not saved. {problem}").format(problem=problems[0]))
    if not (search.asked.kinds or search.wanted):
        raise NotASearch
    written = language.written(search.query)
    if len(written) > language.LONGEST:
        raise NotASearch(_("This search is too long to be saved. Leave something out."))
    return written


@transaction.atomic
def _save(owner: User, query: str, name: str) -> tuple[SavedSearch, bool]:
    """Save it while no other tab does: the owner is locked."""
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    found = SavedSearch.objects.filter(owner=owner, query=query).first()
    if found is not None:
        if name and name != found.name:
            found.name = name
            found.save(update_fields=["name"])
        return found, False
    if SavedSearch.objects.filter(owner=owner).count() >= MOST_SEARCHES:
        raise TooManySearches(TooManySearches.default.format(most=MOST_SEARCHES))
    return SavedSearch.objects.create(owner=owner, query=query, name=name), True
