"""Posts drawn for one reader: each from what is shown of it, and only once for all who see the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from community.common.drawn import Plain, draw, draw_outlined
from community.content import reader_state
from community.content.discussion import BEST, Branch, Discussion
from community.content.mentioned_in import MentionIn, unread_of
from community.content.models import Post
from community.content.querysets import Reader
from community.content.reader_state import States
from community.content.shown import ShownPost, Standings, post_above, shown_post
from community.content.unread import Unread
from community.mutes.selectors import NOTHING, Standing, standings

AT_ONCE = 3  # mentions; the others are folded
MOST_LINKED = 10  # new posts of a page by votes


@dataclass(frozen=True, slots=True)
class Drawer:
    """Draws posts whose `shown_html` is set. `states` has what higher apps say of the reader, for every post drawn.

    `standings` are between the reader and the authors of the posts, of their threads and of what mentions them.
    `unread` is of the threads of what mentions them, by key.
    """

    reader: Reader
    states: States
    standings: Standings
    unread: Mapping[int, Unread]
    marked: int | None = None
    view: str = ""

    def inputs(self, post: Post) -> dict[str, Plain]:
        return {"post": self._shown(post), **self.states[post.pk]}

    def standing(self, post: Post) -> Standing:
        """Return what is between the reader and the author of a post."""
        return self.standings.get(post.author_id, NOTHING)

    def branch(self, branch: Branch) -> SafeString:
        """Draw a top-level post with the comments shown under it."""
        post, comments = branch.post, self._comments(branch)
        if branch.is_gone:
            return draw("content/branch_gone.html", {"anchor": post.anchor}, comments=comments)
        if post.parent_id is not None:  # in a view that shows comments by themselves
            return draw("content/comment_alone.html", {}, comment=self.comment(post))
        standing = self.standing(post)
        if not standing.is_hidden:
            return self._draw("content/branch.html", post, comments=comments)
        folded = self._draw("content/branch.html", post, comments="")
        inputs: dict[str, Plain] = {"standing": standing, "has_comments": bool(comments)}
        return draw("content/folded_branch.html", inputs, post=folded, comments=comments)

    def comments(self, comments: Sequence[Post]) -> SafeString:
        """Draw comments as items of a list, each reply below what it replies to, if that is among them."""
        below: dict[int, list[Post]] = defaultdict(list)
        among = {post.pk for post in comments}
        for post in comments:
            below[post.reply_to_id if post.reply_to_id in among else 0].append(post)

        def items(of: int) -> str:
            return "".join([f"<li>{self.comment(post, of)}{replies(post)}</li>" for post in below[of]])

        def replies(post: Post) -> str:
            if post.pk not in below:
                return ""
            return draw("content/comment_replies.html", {"count": len(below[post.pk])}, comments=items(post.pk))

        return SafeString(items(0))

    def comment(self, post: Post, below: int = 0) -> SafeString:
        """Draw a comment; `below` is the key of the one right above it, which it need not name."""
        drawn, standing = self._draw("content/comment.html", post, below), self.standing(post)
        return draw("content/folded_comment.html", {"standing": standing}, post=drawn) if standing.is_hidden else drawn

    def mentions(self, post: Post) -> SafeString:
        """Draw which posts link to this one, without those of people whom the reader does not meet."""
        hidden = {key for key, standing in self.standings.items() if standing.is_hidden}
        met = tuple(self._with_unread(each) for each in post.mentioned_in if hidden.isdisjoint(each.authors))
        if not met:
            return SafeString("")
        inputs: dict[str, Plain] = {"first": met[:AT_ONCE], "others": met[AT_ONCE:]}
        return draw("content/mentioned_in.html", inputs)

    def _with_unread(self, mention: MentionIn) -> MentionIn:
        unread = self.unread.get(mention.thread)
        return mention._replace(unread=unread.total, unread_url=unread.url) if unread else mention

    def _shown(self, post: Post, below: int = 0) -> ShownPost:
        shown = shown_post(post, self.reader, marked=self.marked, view=self.view, standings=self.standings)
        return shown._replace(above=None) if below else shown

    def _draw(self, template: str, post: Post, below: int = 0, **holes: str) -> SafeString:
        shown = self._shown(post, below)
        holes |= {"body": post.shown_html, "mentions": self.mentions(post)}
        return draw_outlined(template, "post", shown, self.states[post.pk], **holes)

    def _comments(self, branch: Branch) -> SafeString:
        if not branch.comments:
            return SafeString("")
        inputs: dict[str, Plain] = {
            "thread": branch.post.thread_id,
            "slug": branch.post.thread.slug,
            "number": branch.post.number,
            "earlier": 0 if branch.is_gone else branch.earlier,
            "later": 0 if branch.is_gone else branch.later,
            "count": branch.comment_count,
        }
        return draw("content/branch_comments.html", inputs, comments=self.comments(branch.comments))


@dataclass(frozen=True, slots=True)
class DrawnPosts:
    """The posts of a thread page; templates draw the parts they show."""

    found: Discussion
    drawer: Drawer

    def opening(self) -> SafeString:
        return self.drawer.branch(self.found.opening)

    def replies(self) -> SafeString:
        """Draw the accepted answer, if the page begins with it, and the branches."""
        branches = [self.found.accepted, *self.found.branches] if self.found.accepted else self.found.branches
        drawn = [self.drawer.branch(branch) for branch in branches]
        if not self._is_in_time:
            return SafeString("".join([self._new_here(), *drawn]))
        place = self._first_new()
        if place is not None:
            drawn.insert(place, draw("content/new_from_here.html", {}))
        return SafeString("".join(drawn))

    @property
    def _is_in_time(self) -> bool:
        return self.found.order == "oldest" and self.found.view != BEST

    def _new_here(self) -> SafeString:
        """Draw links to what is new to the reader on a page by votes; nothing if nothing is."""
        is_new, reader = self.found.thread.is_new, self.drawer.reader
        shown = (post for post in self.found.posts() if not self.drawer.standing(post).is_hidden)
        numbers = sorted(post.number for post in shown if is_new(post, reader))
        if not numbers:
            return SafeString("")
        links = format_html_join(" ", '<a href="#post-{0}">#{0}</a>', ((number,) for number in numbers[:MOST_LINKED]))
        more = " …" if len(numbers) > MOST_LINKED else ""
        return draw("content/new_here.html", {}, links=links + more)

    def _first_new(self) -> int | None:
        """Return the place of the first branch that is new to the reader, in the order in which all after it are."""
        is_new, reader = self.found.thread.is_new, self.drawer.reader
        new = (n for n, branch in enumerate(self.found.branches) if is_new(branch.post, reader))
        return next((n + bool(self.found.accepted) for n in new), None)

    def mentions(self) -> SafeString:
        """Draw which posts link to the opening one, for pages that draw it themselves."""
        return self.drawer.mentions(self.found.opening.post)

    def inputs(self) -> dict[str, Plain]:
        """Return what the templates of a post show of the opening one, for pages that draw it themselves."""
        return self.drawer.inputs(self.found.opening.post)


def drawer(reader: Reader, posts: list[Post], marked: int | None = None, view: str = "") -> Drawer:
    """Return what draws these posts, whose threads are loaded."""
    authors = {key for post in posts for key in (post.author_id, post.thread.author_id)}
    authors |= {key for post in posts for mention in post.mentioned_in for key in mention.authors}
    authors |= {above.author_id for post in posts if (above := post_above(post, view)) is not None}
    unread = unread_of([mention for post in posts for mention in post.mentioned_in], reader)
    return Drawer(reader, reader_state.of_posts(reader, posts), standings(reader, authors), unread, marked, view)


def drawn_posts(found: Discussion, reader: Reader) -> DrawnPosts:
    return DrawnPosts(found, drawer(reader, list(found.posts()), found.marked, found.view))
