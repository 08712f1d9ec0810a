import pytest
from django.urls import reverse


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "   ", "?!", "\u200b"])
def test_a_search_for_nothing_is_a_page_with_the_box(client, query):
    response = client.get(reverse("search:results"), {"q": query})
    assert response.status_code == 200
    assert 'name="q"' in response.content.decode()
