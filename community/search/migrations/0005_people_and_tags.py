"""People and tags are found too. What the release before creates meanwhile is indexed by `rebuild_search`."""

from django.db import migrations

from community.common.walk import batches
from community.rendering.plain import plain
from community.search.backends import Entry, backend, sqlite_fts
from community.search.facts import fact
from community.search.tokens import index_tokens


def index_people(apps, schema_editor):
    def text(person):
        names = dict.fromkeys(filter(None, (person.display_name, person.handle)))
        return " ".join(names), plain(person.bio_html)

    _index(apps, "person", apps.get_model("accounts", "User").objects.all(), text)


def index_tags(apps, schema_editor):
    def text(tag):
        return " ".join(dict.fromkeys((tag.name, tag.slug.replace("-", " "), tag.slug))), tag.description

    _index(apps, "tag", apps.get_model("content", "Tag").objects.all(), text)


def _index(apps, kind, rows, text):
    Document = apps.get_model("search", "Document")
    facts = (fact("kind", kind),)
    for keys in batches(rows):
        texts = {row.pk: text(row) for row in rows.filter(pk__in=keys)}
        Document.objects.bulk_create(
            (
                Document(kind=kind, object_id=pk, title=title, body=body, facts=" ".join(facts))
                for pk, (title, body) in texts.items()
            ),
            ignore_conflicts=True,
        )
        documents = Document.objects.filter(kind=kind, object_id__in=keys).values_list("pk", "title", "body")
        write = sqlite_fts.write_words if backend() is sqlite_fts else backend().write  # names have no table yet
        write([Entry(pk, index_tokens(title), index_tokens(body), facts) for pk, title, body in documents])


class Migration(migrations.Migration):
    is_post_deployment = False

    dependencies = [("search", "0004_facts"), ("accounts", "0002_formulas"), ("content", "0001_initial")]

    operations = [
        migrations.RunPython(index_people, migrations.RunPython.noop),
        migrations.RunPython(index_tags, migrations.RunPython.noop),
    ]
