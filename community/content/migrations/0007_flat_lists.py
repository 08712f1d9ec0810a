from django.db import migrations, models

from community.common.concurrent_indexes import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("content", "0006_tag_listings")]

    operations = [
        AddIndexOnline(
            model_name='draft',
            index=models.Index(models.F('owner'), models.OrderBy(models.F('updated_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='draft_new'),
        ),
        AddIndexOnline(
            model_name='post',
            index=models.Index(models.F('parent'), models.F('number'), name='post_children'),
        ),
        AddIndexOnline(
            model_name='post',
            index=models.Index(models.F('thread'), models.F('role'), models.F('number'), condition=models.Q(('parent', None)), name='post_branches'),
        ),
        AddIndexOnline(
            model_name='post',
            index=models.Index(models.F('author'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('deleted_at', None), ('hidden_at', None), ('role', 'answer')), name='author_answers'),
        ),
        AddIndexOnline(
            model_name='post',
            index=models.Index(models.OrderBy(models.F('hidden_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('hidden_at__isnull', False)), name='post_hidden'),
        ),
        AddIndexOnline(
            model_name='post',
            index=models.Index(models.F('thread'), models.F('author'), condition=models.Q(('hidden_at__isnull', False), ('deleted_at__isnull', False), _connector='OR'), name='post_gone'),
        ),
        AddIndexOnline(
            model_name='thread',
            index=models.Index(models.OrderBy(models.F('last_post_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('deleted_at', None), ('hidden_at', None), ('published_at__isnull', False)), name='public_latest'),
        ),
        AddIndexOnline(
            model_name='thread',
            index=models.Index(models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('deleted_at', None), ('hidden_at', None), ('published_at__isnull', False)), name='public_new'),
        ),
        AddIndexOnline(
            model_name='thread',
            index=models.Index(models.OrderBy(models.F('score'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('deleted_at', None), ('hidden_at', None), ('published_at__isnull', False)), name='public_top'),
        ),
        AddIndexOnline(
            model_name='thread',
            index=models.Index(models.F('kind'), models.OrderBy(models.F('last_post_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('deleted_at', None), ('hidden_at', None), ('published_at__isnull', False)), name='public_kind_latest'),
        ),
        AddIndexOnline(
            model_name='thread',
            index=models.Index(models.F('kind'), models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('deleted_at', None), ('hidden_at', None), ('published_at__isnull', False)), name='public_kind_new'),
        ),
        AddIndexOnline(
            model_name='thread',
            index=models.Index(models.F('kind'), models.OrderBy(models.F('score'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('deleted_at', None), ('hidden_at', None), ('published_at__isnull', False)), name='public_kind_top'),
        ),
        AddIndexOnline(
            model_name='thread',
            index=models.Index(models.F('category'), models.OrderBy(models.F('last_post_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('deleted_at', None), ('hidden_at', None), ('published_at__isnull', False)), name='public_category_latest'),
        ),
        AddIndexOnline(
            model_name='thread',
            index=models.Index(models.F('category'), models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('deleted_at', None), ('hidden_at', None), ('published_at__isnull', False)), name='public_category_new'),
        ),
        AddIndexOnline(
            model_name='thread',
            index=models.Index(models.F('category'), models.OrderBy(models.F('score'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('deleted_at', None), ('hidden_at', None), ('published_at__isnull', False)), name='public_category_top'),
        ),
        AddIndexOnline(
            model_name='thread',
            index=models.Index(models.F('author'), models.OrderBy(models.F('last_post_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('deleted_at', None), ('hidden_at', None), ('published_at__isnull', False)), name='public_author_latest'),
        ),
        AddIndexOnline(
            model_name='thread',
            index=models.Index(models.F('author'), models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('deleted_at', None), ('hidden_at', None), ('published_at__isnull', False)), name='public_author_new'),
        ),
        AddIndexOnline(
            model_name='thread',
            index=models.Index(models.F('author'), models.OrderBy(models.F('score'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('deleted_at', None), ('hidden_at', None), ('published_at__isnull', False)), name='public_author_top'),
        ),
        AddIndexOnline(
            model_name='thread',
            index=models.Index(models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('deleted_at', None), ('hidden_at', None), ('published_at__isnull', False), ('answer_count', 0), ('kind', 'question')), name='unanswered'),
        ),
        AddIndexOnline(
            model_name='thread',
            index=models.Index(models.F('category'), models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('deleted_at', None), ('hidden_at', None), ('published_at__isnull', False), ('answer_count', 0), ('kind', 'question')), name='category_unanswered'),
        ),
        AddIndexOnline(
            model_name='thread',
            index=models.Index(models.F('author'), models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('deleted_at', None), ('hidden_at', None), ('published_at__isnull', False), ('answer_count', 0), ('kind', 'question')), name='author_unanswered'),
        ),
        AddIndexOnline(
            model_name='thread',
            index=models.Index(models.F('author'), models.F('kind'), models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('deleted_at', None), ('hidden_at', None), ('published_at__isnull', False)), name='public_author_kind'),
        ),
        AddIndexOnline(
            model_name='thread',
            index=models.Index(models.F('author'), models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('deleted_at', None), ('published_at', None)), name='author_drafts'),
        ),
        AddIndexOnline(
            model_name='thread',
            index=models.Index(models.OrderBy(models.F('pinned_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('deleted_at', None), ('hidden_at', None), ('published_at__isnull', False), ('pinned_at__isnull', False)), name='public_pinned'),
        ),
    ]
