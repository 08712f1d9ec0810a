import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("content", "0005_reply_to")]

    operations = [
        migrations.CreateModel(
            name='TagListing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_post_at', models.DateTimeField()),
                ('published_at', models.DateTimeField()),
                ('score', models.IntegerField()),
                ('is_unanswered', models.BooleanField()),
            ],
        ),
        migrations.AddField(
            model_name='taglisting',
            name='tag',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='content.tag'),
        ),
        migrations.AddField(
            model_name='taglisting',
            name='thread',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='content.thread'),
        ),
        migrations.AddIndex(
            model_name='taglisting',
            index=models.Index(models.F('tag'), models.OrderBy(models.F('last_post_at'), descending=True), models.OrderBy(models.F('thread'), descending=True), name='tag_latest'),
        ),
        migrations.AddIndex(
            model_name='taglisting',
            index=models.Index(models.F('tag'), models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('thread'), descending=True), name='tag_new'),
        ),
        migrations.AddIndex(
            model_name='taglisting',
            index=models.Index(models.F('tag'), models.OrderBy(models.F('score'), descending=True), models.OrderBy(models.F('thread'), descending=True), name='tag_top'),
        ),
        migrations.AddIndex(
            model_name='taglisting',
            index=models.Index(models.F('tag'), models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('thread'), descending=True), condition=models.Q(('is_unanswered', True)), name='tag_unanswered'),
        ),
        migrations.AddConstraint(
            model_name='taglisting',
            constraint=models.UniqueConstraint(fields=('tag', 'thread'), name='listed_once_a_tag'),
        ),
    ]
