"""What is written is in the index with its own transaction: nothing waits, nothing is lost, the last text counts."""

import pytest
from django.contrib.auth.models import AnonymousUser

from community.content.models import Post
from community.content.services import delete_post, edit_post, start_thread
from community.search import invariants
from community.search.models import Document
from community.search.selectors import find
from tests.at_once import at_once
from tests.factories import PersonFactory

pytestmark = pytest.mark.both

VISITOR = AnonymousUser()
WRITERS, POSTS = 8, 3


def found(words: str) -> set[int]:
    return {match.object_id for match in find(words, VISITOR, "newest", kind="note").matches}


@pytest.mark.django_db(transaction=True)
def test_of_eight_writers_each_finds_what_they_wrote_at_once_and_nothing_is_lost():
    people = [PersonFactory() for _writer in range(WRITERS)]

    def write(number: int) -> list[int]:
        keys = []
        for turn in range(POSTS):
            words = f"saddle{number}x{turn}"
            note = start_thread(author=people[number], kind="note", title=f"Note {words}", source="Text.")
            keys.append(note.posts.get().pk)
            assert found(words) == {keys[-1]}, "it is found by the next request"
        return keys

    written = [key for keys in at_once(WRITERS, write) for key in keys]
    assert len(written) == WRITERS * POSTS and found("note") == set(written)
    assert list(filter(None, invariants._disagreements())) == []
    newest = [match.object_id for match in find("note", VISITOR, "newest", kind="note").matches]
    documents = Document.objects.filter(kind="post", object_id__in=written).order_by("-pk")
    assert newest == list(documents.values_list("object_id", flat=True)), "in the order in which they were indexed"


@pytest.mark.django_db(transaction=True)
def test_of_edits_at_once_the_saved_one_is_found_and_what_is_deleted_is_not(ada):
    note = start_thread(author=ada, kind="note", title="One", source="Text.").posts.get()
    gone = start_thread(author=ada, kind="note", title="Two", source="Valley.").posts.get()

    def edit(number: int) -> str:
        if not number:
            delete_post(post=Post.objects.get(pk=gone.pk), by=ada)
            return ""
        post = Post.objects.select_related("thread", "author").get(pk=note.pk)
        edit_post(post=post, editor=ada, source=f"Plateau{number}.", base_version=post.version)
        return f"plateau{number}"

    outcomes = at_once(WRITERS, edit)
    saved = Post.objects.get(pk=note.pk).source.strip(".\n").lower()
    assert saved in outcomes and found(saved) == {note.pk} and found("valley") == set()
    assert [words for words in outcomes if isinstance(words, str) and words and found(words)] == [saved]
    assert list(filter(None, invariants._disagreements())) == []
