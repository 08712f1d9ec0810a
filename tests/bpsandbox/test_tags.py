from bpsandbox.templatetags.sandbox import parts


def test_a_line_of_words_breaks_between_its_parts_with_the_dot_at_the_end():
    assert (
        parts("SGD, lr 2 · 16 seeds · <b>") == "<span>SGD, lr 2 ·</span> <span>16 seeds ·</span> <span>&lt;b&gt;</span>"
    )
    assert parts("") == "<span></span>"
