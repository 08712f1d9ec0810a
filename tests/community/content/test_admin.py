"""Admin for categories."""

import pytest

from community.audit.models import AuditEntry
from community.content.models import Category

NEW = {
    "name": "Attention",
    "name_zh": "注意力",
    "slug": "attention",
    "description": "Queries, keys, values.",
    "description_zh": "查询、键、值。",
    "parent": "",
    "position": "3",
    "tone": "4",
}


@pytest.fixture
def staff(moderator, as_user):
    return as_user(moderator)


def boxes(category: Category, **changed) -> dict[str, str]:
    kept = {name: getattr(category, name) for name in NEW if name not in ("parent", "slug")}
    return {name: str(value) for name, value in kept.items()} | {"parent": str(category.parent_id or "")} | changed


class TestCategories:
    def test_staff_make_one_in_both_languages(self, staff, moderator, client):
        assert staff.post("/staff/content/category/add/", NEW).status_code == 302
        category = Category.objects.get(slug="attention")
        assert {name: str(getattr(category, name) or "") for name in NEW} == NEW
        assert "Queries, keys, values." in client.get("/c/attention/").content.decode()
        client.cookies["django_language"] = "zh-hans"
        assert "查询、键、值。" in client.get("/c/attention/", headers={"Accept-Language": "zh-CN"}).content.decode()
        entry = AuditEntry.objects.get()
        assert (entry.actor, entry.action, entry.target_id) == (moderator, "add_category", category.pk)

    def test_an_edit_says_what_was_there_before(self, staff):
        category = Category.objects.get(slug="initialisation")
        was = category.description
        sent = boxes(category, description="How weights begin.", slug="elsewhere")
        assert staff.post(f"/staff/content/category/{category.pk}/change/", sent).status_code == 302
        category.refresh_from_db()
        assert (category.description, category.slug) == ("How weights begin.", "initialisation")
        assert AuditEntry.objects.get().changes == {"description": [was, "How weights begin."]}

    def test_a_description_is_edited_in_full_on_a_page_of_this_site(self, staff):
        page = staff.get(f"/staff/content/category/{Category.objects.get(slug='meta').pk}/change/").content.decode()
        assert '<textarea name="description"' in page and '<textarea name="description_zh"' in page
        assert "Chainrule" in page and "Django" not in page

    def test_a_move_is_in_the_audit_log_by_the_slugs_of_both_parents(self, staff):
        category = Category.objects.get(slug="chain-rule")
        meta = Category.objects.get(slug="meta")
        sent = boxes(category, parent=str(meta.pk))
        assert staff.post(f"/staff/content/category/{category.pk}/change/", sent).status_code == 302
        assert AuditEntry.objects.get().changes == {"parent": ["foundations", "meta"]}
        page = staff.get("/moderation/audit-log/").content.decode()
        assert "Parent category" in page
        assert "foundations" in page

    def test_saving_it_as_it_is_leaves_nothing_in_the_audit_log(self, staff):
        category = Category.objects.get(slug="initialisation")
        assert staff.post(f"/staff/content/category/{category.pk}/change/", boxes(category)).status_code == 302
        assert not AuditEntry.objects.exists()

    def test_it_cannot_be_inside_of_itself_not_even_through_others(self, staff):
        outer = Category.objects.create(name="Outer", slug="outer")
        middle = Category.objects.create(name="Middle", slug="middle", parent=outer)
        inner = Category.objects.create(name="Inner", slug="inner", parent=middle)
        for parent in (outer, inner):
            page = staff.post(f"/staff/content/category/{outer.pk}/change/", boxes(outer, parent=str(parent.pk)))
            assert page.status_code == 200
            assert "A category cannot be inside itself." in page.content.decode()
        outer.refresh_from_db()
        assert outer.parent is None

    def test_it_is_never_deleted(self, staff):
        category = Category.objects.get(slug="initialisation")
        assert staff.post(f"/staff/content/category/{category.pk}/delete/", {"post": "yes"}).status_code == 403
        assert Category.objects.filter(pk=category.pk).exists()

    def test_members_neither_get_in_nor_see_the_way(self, ada, as_user):
        member = as_user(ada)
        assert member.post("/staff/content/category/add/", NEW).status_code == 302
        assert not Category.objects.filter(slug="attention").exists()
        assert "/staff/" not in member.get("/c/initialisation/").content.decode()

    def test_staff_find_the_way_on_the_page_itself(self, staff):
        category = Category.objects.get(slug="initialisation")
        page = staff.get("/c/initialisation/").content.decode()
        assert f'href="/staff/content/category/{category.pk}/change/"' in page
        assert 'href="/staff/content/category/add/"' in page
