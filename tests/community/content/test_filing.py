"""Category and tags when two people edit a thread at once."""

import pytest

from community.content.errors import EditConflict
from community.content.models import Category, Post
from community.content.services import edit_post, events, start_thread


@pytest.fixture
def post(ada):
    return start_thread(
        author=ada, kind="question", title="Why XOR?", source="Because.", tags=["xor", "sigmoid"]
    ).posts.get()


def tags(post: Post) -> set[str]:
    return set(post.thread.tags.values_list("slug", flat=True))


def opened(client, post: Post) -> dict[str, str]:
    """Return the fields of the edit form as a browser would resend them."""
    form = client.get(f"/posts/{post.pk}/edit/").context["form"]
    return {name: form[name].value() or "" for name in form.fields if form[name].value() is not None}


def save(client, post: Post, boxes: dict[str, str], **changed):
    return client.post(f"/posts/{post.pk}/edit/", boxes | changed)


class TestTwoEditors:
    def test_the_second_does_not_overwrite_the_tags_of_the_first_silently(self, post, ada, moderator, as_user):
        author, staff = as_user(ada), as_user(moderator)
        begun = opened(author, post)
        save(staff, post, opened(staff, post), tags="xor, relu")
        answer = save(author, post, begun, tags="xor, tanh")
        assert answer.status_code == 409
        assert tags(post) == {"xor", "relu"}
        page = answer.content.decode()
        assert "relu, xor" in page
        assert "xor, tanh" in page

    def test_what_is_sent_again_from_the_conflict_is_saved(self, post, ada, moderator, as_user):
        author, staff = as_user(ada), as_user(moderator)
        begun = opened(author, post)
        save(staff, post, opened(staff, post), tags="xor, relu")
        form = save(author, post, begun, tags="xor, tanh").context["form"]
        again = {name: form[name].value() or "" for name in form.fields}
        assert save(author, post, again).status_code == 302
        assert tags(post) == {"xor", "tanh"}

    def test_tags_that_were_not_touched_stay_what_somebody_else_made_them(self, post, ada, moderator, as_user):
        author, staff = as_user(ada), as_user(moderator)
        begun = opened(author, post)
        save(staff, post, opened(staff, post), tags="xor, relu")
        assert save(author, post, begun, source="Because of $x$.").status_code == 302
        assert tags(post) == {"xor", "relu"}

    def test_after_a_conflict_of_texts_alone_untouched_tags_stay_what_somebody_else_made_them(
        self, post, ada, moderator, as_user
    ):
        author, staff = as_user(ada), as_user(moderator)
        begun = opened(author, post)
        save(staff, post, opened(staff, post), source="Because of $y$.", tags="xor, relu")
        answer = save(author, post, begun, source="Because of $x$.")
        assert answer.status_code == 409
        form = answer.context["form"]
        again = {name: form[name].value() or "" for name in form.fields}
        assert save(author, post, again).status_code == 302
        assert Post.objects.get(pk=post.pk).source == "Because of $x$.\n"
        assert tags(post) == {"xor", "relu"}

    def test_the_same_change_twice_is_no_conflict(self, post, ada, moderator, as_user):
        author, staff = as_user(ada), as_user(moderator)
        begun = opened(author, post)
        save(staff, post, opened(staff, post), tags="relu")
        assert save(author, post, begun, tags="relu").status_code == 302

    def test_a_thread_that_staff_moved_is_not_moved_back_by_an_older_form(self, post, ada, moderator, as_user):
        author = as_user(ada)
        begun = opened(author, post)
        events.move(thread=post.thread, by=moderator, category=Category.objects.get(slug="initialisation"))
        assert save(author, post, begun, source="Because of $x$.").status_code == 302
        assert Post.objects.get(pk=post.pk).thread.category.slug == "initialisation"

    def test_a_conflict_of_tags_keeps_the_text_unsaved_too(self, post, ada, moderator):
        edit_post(post=post, editor=moderator, source="Because.", base_version=1, tags=["relu"])
        with pytest.raises(EditConflict) as caught:
            edit_post(
                post=post, editor=ada, source="Mine.", base_version=1, tags=["tanh"], base_tags=["xor", "sigmoid"]
            )
        conflict = caught.value
        assert (conflict.current, conflict.mine) == ("Because.\n", "Mine.\n")
        assert (conflict.current_tags, conflict.mine_tags) == ("relu", "tanh")
        assert Post.objects.get(pk=post.pk).source == "Because.\n"

    def test_a_program_that_names_no_base_sets_the_tags(self, post, ada):
        edit_post(post=post, editor=ada, source="Because.", base_version=1, tags=["tanh"])
        assert tags(post) == {"tanh"}
