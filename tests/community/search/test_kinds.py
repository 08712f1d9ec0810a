"""People, tags and runs in searches, on the database under test; and who sees what."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bpsandbox.models import Spec, Trait
from community.content.models import Post, Tag
from community.content.services import edit_post, hide_post, start_thread
from community.mutes.services import block, mute
from community.search import sentences
from community.search.models import Document
from community.search.selectors import find
from tests.factories import ModeratorFactory, PersonFactory
from tests.training import XOR, train

pytestmark = [pytest.mark.both, pytest.mark.django_db]
VISITOR = AnonymousUser()
LSTM = """\
dataset: {name: adding, length: 6, n_samples: 20}
model: {layers: [{type: LSTM, hidden_size: 4}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
optimizer: {type: Adam, lr: 0.01}
training: {epochs: 2, batch_size: full}
"""


def labels(query: str, user=VISITOR) -> list[str]:
    return [match.label for match in find(query, user).matches]


def test_people_are_found_by_handle_and_name_and_by_what_they_changed():
    person = PersonFactory(handle="ada_l", display_name="Ada Lovelace")
    assert labels("lovelace") == labels("ada_l") == labels("kind:person lovel") == ["person"]
    person.display_name = "阿达"
    person.save(update_fields=["display_name"])
    assert (labels("lovelace"), labels("阿达")) == ([], ["person"])
    person.is_active = False
    person.save(update_fields=["is_active"])
    assert labels("阿达") == []
    key = person.pk
    person.delete()
    assert not Document.objects.filter(kind="person", object_id=key).exists()


def test_a_tag_is_found_by_name_and_description_once_it_is_used_in_public():
    draft = start_thread(
        author=PersonFactory(), kind="question", title="T", source="x", tags=["batch-norm"], publish=False
    )
    assert labels("batch norm") == [] and "tag" not in labels("batch norm", draft.author)
    assert sentences.about(find("tag:batch-norm", draft.author).search) == sentences.about(
        find("tag:batch-norm", VISITOR).search
    )
    opening = draft.posts.get()
    edit_post(post=opening, editor=draft.author, source="y", base_version=opening.version, publish=True)
    tag = Tag.objects.get(slug="batch-norm")
    assert labels("batch norm") == ["tag", "question"]
    assert labels("kind:tag batch-norm") == ["tag"]
    tag.description = "Normalising activations"
    tag.save()
    assert labels("normalizing") == ["tag"]


def test_people_and_tags_are_not_hidden_by_many_newer_texts(monkeypatch):
    monkeypatch.setattr("community.search.selectors.RANKED", 3)
    monkeypatch.setattr("community.search.selectors.TITLED", 3)
    PersonFactory(handle="plateau")
    author = PersonFactory()
    for _ in range(5):
        start_thread(author=author, kind="note", title="plateau", source="plateau", tags=["plateau"])
    assert {"person", "tag"} <= set(labels("plateau"))


@pytest.fixture
def runs() -> dict[str, Post]:
    """Posts with a run of an LSTM by Adam, and of a 2-3-1 by SGD."""
    author, posts = PersonFactory(), {}
    for name, config in (("lstm", LSTM), ("mlp", XOR)):
        thread = start_thread(
            author=author, kind="discussion", title=f"About {name}", source=f"Look\n\n```bp\n{config}```\n"
        )
        train()
        posts[name] = thread.posts.get()
    return posts


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("lstm adam", "run lstm"),
        ("layer:LSTM", "run lstm"),
        ("层:lstm 优化器:adam", "run lstm"),
        ("kind:run layer:lstm", "run"),
        ("layer:lstm optimizer:sgd", ""),
        ("layer:linear look", "lstm mlp"),
        ("activation:sigmoid", "run mlp"),
        ("激活函数:sigmoid layer:linear", "run mlp"),
        ("activation:sigmoid layer:lstm", ""),
        ("kind:run sigmoid", "run"),
        ("loss:mse kind:discussion", "lstm mlp"),
        ("loss:>0 data:adding", "run lstm"),
        ("loss:<1e-9", ""),
        ("kind:run", "run run"),
        ("stuck:", ""),
        ("data:xor lang:en", "run mlp"),
        ("data:xor lang:zh", ""),
        ("sizes:2-3-1", "run mlp"),
        ("大小:2–3–1 stuck:", ""),
        ("kind:run 2-3-1 sgd", "run"),
        ("kind:run 2-4-1", ""),
    ],
)
def test_runs_and_their_posts_are_found_by_traits(runs, query, found):
    names = {post.pk: name for name, post in runs.items()}
    matches = find(query, VISITOR).matches
    kinds = {"post", "run"}
    shown = [names.get(match.object_id, match.kind) if match.kind == "post" else match.kind for match in matches]
    assert sorted(each for each, match in zip(shown, matches, strict=True) if match.kind in kinds) == sorted(
        found.split()
    )


def test_a_post_needs_one_run_with_everything_that_is_asked_for():
    source = f"Both\n\n```bp\n{LSTM}```\n\n```bp\n{XOR}```\n"
    start_thread(author=PersonFactory(), kind="discussion", title="Two runs", source=source)
    assert train() != train()
    for query in ("layer:lstm optimizer:adam", "sizes:2-3-1 optimizer:sgd loss:>2 loss:<1e99"):
        assert sorted(labels(query)) == ["discussion", "run"]
    for query in ("layer:lstm optimizer:sgd", "layer:lstm sizes:2-3-1", "layer:lstm loss:>2"):
        assert labels(query) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("by:ada", "lstm"),
        ("by:ada,bob", "lstm mlp"),
        ("by:ada data:xor", ""),
        ("-by:ada", "mlp"),
        ("tag:momentum", "lstm"),
        ("tag:momentum -tag:momentum", ""),
        ("after:2001", "lstm mlp"),
        ("before:2001", ""),
        ("lang:en loss:>0", "lstm mlp"),
        ("lang:zh", ""),
        ('"the first of all"', "lstm"),
        ("-first", "mlp"),
        ("score:1", ""),
        ("by:bob sgd", "mlp"),
    ],
)
def test_runs_are_found_by_what_their_posts_have(query, found):
    names = {}
    for name, config, source, tags in (
        ("lstm", LSTM, "This is the first of all.", ["momentum"]),
        ("mlp", XOR, "This is the second one.", []),
    ):
        author = PersonFactory(handle={"lstm": "ada", "mlp": "bob"}[name])
        text = f"{source}\n\n```bp\n{config}```\n"
        start_thread(author=author, kind="discussion", title=f"About {name}", source=text, tags=tags)
        names[Spec.objects.get(hash=train()).pk] = name
    of_runs = find(f"kind:run {query}", VISITOR)
    assert (sorted(names[match.object_id] for match in of_runs.matches), of_runs.is_all) == (found.split(), True)


def test_runs_in_more_posts_than_are_read_are_not_counted(runs, monkeypatch):
    monkeypatch.setattr("community.search.selectors.RANKED", 1)
    assert find("loss:>0 lang:en", VISITOR).uncounted == {"run"}
    assert find("loss:>0", VISITOR).uncounted == frozenset()


def test_words_that_no_run_has_are_told_if_runs_alone_are_asked_for(runs):
    said = ["No data set, layer, activation, sizes, loss, optimiser or finding is called “puzzling riddle”."]
    assert sentences.about(find("kind:run puzzling lstm riddle", VISITOR).search) == said
    assert sentences.about(find("kind:run lstm", VISITOR).search) == []
    assert sentences.about(find("kind:run,question about", VISITOR).search) == []


def test_runs_of_people_apart_are_counted_as_left_out_with_other_filters(runs, ada):
    author = runs["lstm"].author
    mute(person=ada, other=author)
    found = find(f"kind:run by:{author.handle}", ada)
    assert (found.matches, found.left_out) == ([], 2)
    assert len(find(f"kind:run by:{author.handle}", ada, of_everybody=True).matches) == 2


def test_a_stuck_run_is_found_by_its_finding(runs):
    spec = Spec.objects.filter(traits__value="SGD").get()
    Trait.objects.create(spec=spec, kind="finding", value="plateau", final=0.25)
    assert [
        match.object_id for match in find("stuck: optimizer:SGD loss:>0.2", VISITOR).matches if match.kind == "run"
    ] == [spec.pk]
    assert {match.kind for match in find("finding:plateau loss:<0.2", VISITOR).matches} <= {"post"}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("optimizer:adamant x", "“optimizer:” does not know “adamant”, so it was left out."),
        ("sizes:2x3 x", "“2x3” names no sizes, so it was left out."),
        ("loss:<1.2.3 x", "“<1.2.3” is no number, so it was left out."),
        ("loss:>1e999 x", "“>1e999” is no number, so it was left out."),
        ("?! …", "This query has no letters or digits, so there is nothing to search for."),
        ("$", "This query has no letters or digits, so there is nothing to search for."),
    ],
)
def test_a_trait_that_there_is_not_is_told(query, sentence):
    assert sentences.about(find(query, VISITOR).search)[0].startswith(sentence)


def shown_kinds(query: str) -> tuple[list[tuple[str, int | None]], str]:
    page = Client().get(reverse("search:results"), {"q": query})
    return [(kind.words, kind.count) for kind in page.context["kinds"]], page.content.decode()


def test_all_runs_are_counted_though_only_the_first_are_shown(runs, monkeypatch):
    monkeypatch.setattr("community.search.selectors.FIRST_FOUND", 1)
    found = find("layer:linear", VISITOR)
    assert sorted(match.label for match in found.matches) == ["discussion", "discussion", "run"]
    assert found.counts == {"discussion": 2, "run": 2}
    for kind in ("run", "discussion"):
        assert find(f"layer:linear kind:{kind}", VISITOR).counts == found.counts
    kinds, page = shown_kinds("layer:linear")
    assert kinds == [("All", 4), ("Runs", 2), ("Discussions", 2)] and "Runs: 1 more" in page
    assert "Runs: " not in shown_kinds("layer:linear kind:run")[1]


def test_more_runs_than_are_counted_have_no_number(runs, monkeypatch):
    monkeypatch.setattr("community.search.selectors.FIRST_FOUND", 1)
    monkeypatch.setattr("community.search.selectors.COUNTED", 2)
    assert shown_kinds("layer:linear")[0] == [("All", None), ("Runs", None), ("Discussions", 2)]
    assert shown_kinds("layer:linear kind:run")[0] == [("All", 4), ("Runs", 2), ("Discussions", 2)]


# === Who sees what ===


def test_what_is_left_out_is_of_the_kinds_asked_for(ada, bob):
    for kind in ("question", "note"):
        start_thread(author=bob, kind=kind, title="Saddle", source="x")
    mute(person=ada, other=bob)
    queries = ("saddle", "saddle kind:note", "saddle kind:article")
    assert [find(query, ada).left_out for query in queries] == [2, 1, 0]


def test_what_is_left_out_is_shown_in_the_order_that_was_chosen(ada, bob, as_user):
    start_thread(author=bob, kind="note", title="Saddle", source="x")
    mute(person=ada, other=bob)
    for sort in ("", "&amp;sort=newest"):
        page = as_user(ada).get(f"/search/?q=saddle{sort.replace('amp;', '')}").content.decode()
        assert f'href="?q=saddle{sort}&amp;muted=1"' in page


@pytest.mark.parametrize(("act", "is_own"), [(mute, True), (block, True), (block, False)])
def test_people_apart_are_no_hits_but_counted_and_shown_on_request(ada, as_user, act, is_own):
    other = PersonFactory(handle="saddle")
    act(person=ada if is_own else other, other=other if is_own else ada)
    found = find("saddle", ada)
    assert (found.matches, found.counts, found.left_out) == ([], {}, 1)
    page = as_user(ada).get(reverse("search:results"), {"q": "saddle"}).content.decode()
    assert "1 result is left out because of a mute or block" in page and "?q=saddle&amp;muted=1" in page
    assert [match.label for match in find("saddle", ada, of_everybody=True).matches] == labels("saddle") == ["person"]


SECRET = "zzsecret"


QUERIES = [
    SECRET,
    f'"{SECRET} one"',
    "by:keeper",
    "tag:zzhidden",
    f"{SECRET} kind:question",
    "layer:lstm has:run by:keeper",
    "kind:run optimizer:adam",
    "kind:tag zzhidden",
    "kind:tag zzdraft",
]


def told(query: str, user=VISITOR) -> tuple:
    """Return all that a search says: its hits, its counts and its sentences."""
    found = find(query, user)
    return [(each.kind, each.object_id) for each in found.matches], found.counts, sentences.about(found.search)


@pytest.fixture
def secrets(runs) -> dict[str, object]:
    """A hidden post with a run and a draft, each with a word and a tag that nothing else has.

    `before` is what searches said before they were there.
    """
    author, staff = PersonFactory(handle="keeper"), ModeratorFactory()
    before = {query: told(query) for query in QUERIES}
    fields = {"author": author, "tags": ["zzhidden"]}
    config = LSTM.replace("lr: 0.01", "lr: 0.02")
    hidden = start_thread(kind="note", title=f"{SECRET} one", source=f"{SECRET}\n\n```bp\n{config}```\n", **fields)
    train()
    hide_post(post=hidden.posts.get(), by=staff)
    fields["tags"] = ["zzdraft"]
    start_thread(kind="question", title=f"{SECRET} draft", source=SECRET, publish=False, **fields)
    return {"author": author, "staff": staff, "before": before}


def test_what_a_reader_may_not_see_is_no_hit_no_count_no_sentence_and_no_excerpt(secrets):
    stranger = PersonFactory()
    for query, before in secrets["before"].items():
        assert told(query) == told(query, stranger) == before, query
    for query in ("by:keeper", "kind:note", "kind:tag zzhidden"):
        assert SECRET not in Client().get(reverse("search:results"), {"q": query}).content.decode()


def test_the_author_finds_a_hidden_post_and_a_draft_and_staff_the_hidden_post(secrets):
    assert sorted(labels(SECRET, secrets["author"])) == ["note", "question"]
    assert labels(SECRET, secrets["staff"]) == ["note"]


def test_a_post_that_is_hidden_leaves_at_once_with_its_run(runs):
    hide_post(post=runs["lstm"], by=ModeratorFactory())
    Post.objects.filter(pk=runs["lstm"].pk).update(hidden_at=timezone.now())
    assert labels("layer:lstm") == [] and labels("about lstm") == []
