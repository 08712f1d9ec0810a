from community.accounts import confusables


def test_every_prototype_is_its_own_prototype():
    table = confusables.prototypes()
    assert len(table) > 6000
    assert not {char for prototype in table.values() for char in prototype if char in table}


def test_a_skeleton_of_a_skeleton_is_the_same():
    for text in ("paypal", "Illinois", "rnodern", "李雷", "josé", "김철수", "Пётр"):
        once = confusables.skeleton(text)
        assert confusables.skeleton(once) == once
