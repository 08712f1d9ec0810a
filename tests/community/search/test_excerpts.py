from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis.strategies import text

from community.search import excerpts
from community.search.excerpts import excerpt, marked
from community.search.tokens import RUN, query_tokens


def test_the_hit_is_marked_and_the_rest_is_escaped():
    assert excerpt("a <b> gradient & more", ["gradient"]) == "a &lt;b&gt; <mark>gradient</mark> &amp; more"


def test_the_last_word_marks_by_its_beginning():
    assert excerpt("backpropagation of the back", ["back"]) == "<mark>backpropagation</mark> of the <mark>back</mark>"


def test_neighbouring_pairs_of_han_are_one_mark():
    assert excerpt("支持中文搜索吗", ["中文", "文搜", "搜索"]) == "支持<mark>中文搜索</mark>吗"


def test_a_formula_is_never_marked_inside():
    assert excerpt(r"see $\frac{a}{b}$ frac", ["frac"]) == "see a/b <mark>frac</mark>"


def test_a_title_is_marked_outside_its_formulas_and_stays_escaped():
    title = SafeString("The step &lt;b&gt; of <math><mi>step</mi></math> &amp; more")
    assert marked(title, ["step"]) == ("The <mark>step</mark> &lt;b&gt; of <math><mi>step</mi></math> &amp; more")
    assert marked(SafeString("梯度消失"), ["梯度"]) == "<mark>梯度</mark>消失"
    assert marked(title, []) == title


def test_a_cut_moves_out_of_a_formula():
    formula = "$" + "x + " * 8 + r"\eta$"
    for before in range(60):
        shown = excerpt("a" * before + f" needle {formula} " + "tail " * 80, ["needle"], width=70)
        assert "$" not in shown and ("x + x + " not in shown or shown.count("x +") == 8)


def test_a_long_text_is_cut_around_the_hit_between_words():
    shown = excerpt("alpha " * 100 + "needle " + "omega " * 100, ["needle"])
    assert shown.startswith("… alpha") and shown.endswith("omega …") and "<mark>needle</mark>" in shown


def test_formulas_are_drawn_or_in_words_and_never_latex():
    drawn = {r"\delta": "<math>δ</math>", r"\pd{L} {w}": "<math>∂</math>"}
    text = "a $\\delta$ b $\\eta$ c $\\pd{L}\n{w}$ d $\\mine{x}$ e"
    shown = excerpt(text, ["b"], lambda wanted: {latex: drawn[latex] for latex in wanted & drawn.keys()})
    assert shown == "a <math>δ</math> <mark>b</mark> η c <math>∂</math> d … e"


def test_only_the_formulas_of_the_excerpt_are_asked_for():
    asked = []
    excerpt("needle $a_1$ " + "word " * 100 + "$b_1$", ["needle"], lambda wanted: asked.append(wanted) or {})
    assert asked == [{"a_1"}]


def test_prices_stay_as_they_are_written():
    assert excerpt("from $5 to $6 each", ["each"]) == "from $5 to $6 <mark>each</mark>"


def test_names_in_code_are_looked_for_along_the_formulas(monkeypatch):
    looks = 0

    class Counted(list):
        def __iter__(self):
            nonlocal looks
            for span in super().__iter__():
                looks += 1
                yield span

    body = "$aNorm$ " * 500 + "BatchNorm"
    formulas = Counted(excerpts.spans(body))
    assert list(excerpts._names(body, ["norm"], formulas)) == [(len(body) - 9, len(body))]
    assert looks <= 500


@given(
    text(alphabet="abAB12_-. \n'中文传é…ﬁЖж", max_size=80),
    text(alphabet="abAB12 中文传éжﬁ", min_size=1, max_size=12),
)
def test_words_are_found_as_if_each_run_were_looked_at(body, query):
    tokens = query_tokens(query)
    one_by_one = [hit for run in RUN.finditer(body) for hit in excerpts._hits_in(run[0], run.start(), tokens)]
    assert excerpts._merged(list(excerpts._hits(body, tokens, []))) == excerpts._merged(one_by_one)
