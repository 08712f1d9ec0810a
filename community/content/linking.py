"""Which posts link to which, and to runs: for *Mentioned in* under what is linked to. A job finds it in a saved text.

Links exist while the post that has them is public. Whoever shows them asks once more, since a job comes later.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from community.content import policies
from community.content.bodies import own_hosts
from community.content.models import Post, PostLink
from community.content.places import Place, place_at
from community.rendering.links import written_links

MOST_PLACES = 50


def may_link(html: str) -> bool:
    """Return whether a text may link to something of this site besides people and pictures."""
    inside = html.count('href="/') - html.count('href="/@') - html.count('href="/media/')
    return inside > 0 or any(f"://{host}" in html for host in own_hosts())


@transaction.atomic
def find_links(post_id: int) -> None:
    """Save what a post links to, or that it links to nothing. Safe to run twice.

    Links within a thread are left out: who reads one has the other beside it.
    """
    post = Post.objects.select_for_update(of=("self",), no_key=True).select_related("thread").filter(pk=post_id).first()
    if post is None:
        return
    targets, embeds = _linked(post) if policies.is_public(post.thread) and post.is_visible else (set(), set())
    known = {(link.target_id, link.embed): link.pk for link in PostLink.objects.filter(post=post)}
    wanted = {*((target, "") for target in targets), *((None, embed) for embed in embeds)}
    PostLink.objects.filter(pk__in=[known[key] for key in known.keys() - wanted]).delete()
    new = [PostLink(post=post, target_id=target, embed=embed) for target, embed in wanted - known.keys()]
    PostLink.objects.bulk_create(new, ignore_conflicts=True)


def _linked(post: Post) -> tuple[set[int], set[str]]:
    """Return the keys of the posts and the embeds that a post links to."""
    found = dict.fromkeys(place for address in written_links(post.html) if (place := place_at(address)) is not None)
    places = list(found)[:MOST_PLACES]
    return _posts_at([place for place in places if place.thread], post), {each.embed for each in places if each.embed}


def _posts_at(places: list[Place], post: Post) -> set[int]:
    wanted = Q(pk__in=())
    for place in places:
        wanted |= Q(thread=place.thread, number=place.number)
    if not places:
        return set()
    return set(Post.objects.filter(wanted).exclude(thread=post.thread_id).values_list("pk", flat=True))
