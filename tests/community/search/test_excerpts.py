from community.search.excerpts import excerpt


def test_the_hit_is_marked_and_the_rest_is_escaped():
    assert excerpt("a <b> gradient & more", ["gradient"]) == "a &lt;b&gt; <mark>gradient</mark> &amp; more"


def test_the_last_word_marks_by_its_beginning():
    assert excerpt("backpropagation of the back", ["back"]) == "<mark>backpropagation</mark> of the <mark>back</mark>"


def test_neighbouring_pairs_of_han_are_one_mark():
    assert excerpt("支持中文搜索吗", ["中文", "文搜", "搜索"]) == "支持<mark>中文搜索</mark>吗"


def test_a_formula_is_never_marked_inside():
    assert excerpt(r"see $\frac{a}{b}$ frac", ["frac"]) == r"see $\frac{a}{b}$ <mark>frac</mark>"


def test_a_cut_moves_out_of_a_formula():
    formula = "$" + "x + " * 30 + "y$"
    shown = excerpt("word " * 40 + formula + " tail " * 80, ["tail"], width=60)
    assert formula in shown or "$" not in shown


def test_a_long_text_is_cut_around_the_hit_between_words():
    shown = excerpt("alpha " * 100 + "needle " + "omega " * 100, ["needle"])
    assert shown.startswith("… alpha") and shown.endswith("omega …") and "<mark>needle</mark>" in shown


def test_known_formulas_are_drawn_and_others_stand_as_written():
    shown = excerpt(r"a $\delta$ b $\eta$ c", ["b"], {r"\delta": "<math>δ</math>"})
    assert shown == r"a <math>δ</math> <mark>b</mark> $\eta$ c"
