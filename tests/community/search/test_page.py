import pytest
from django.urls import reverse

from community.content.services import start_thread
from tests.factories import PersonFactory


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "   ", "?!", "\u200b"])
def test_a_search_for_nothing_is_a_page_with_the_box(client, query):
    response = client.get(reverse("search:results"), {"q": query})
    assert response.status_code == 200
    assert 'name="q"' in response.content.decode()


def test_a_hit_shows_the_formulas_of_its_title_and_of_its_text(client, db):
    start_thread(author=PersonFactory(), kind="question", title=r"Why $\eta=2$?", source=r"The plateau $\hat y$.")

    page = client.get(reverse("search:results"), {"q": "plateau"}).content.decode()

    assert "&lt;math" not in page and r"\hat y" not in page
    assert page.count("<math>") == 2
