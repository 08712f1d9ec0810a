from django.db import migrations, models

TOPICS = [
    ("answers", "Answers, and replies to you"),
    ("mentions", "Mentions and quotes of you"),
    ("accepted", "Accepted answers of yours"),
    ("invitations", "Invitations to answer"),
    ("posts", "New posts in threads that you watch"),
    ("threads", "New threads that you watch"),
    ("searches", "New results of your saved searches"),
    ("followers", "New followers"),
    ("runs", "Runs of yours"),
    ("roundup", "What you follow: new articles, answered questions, a run"),
]


class Migration(migrations.Migration):
    dependencies = [("notifications", "0014_bounced_address")]

    operations = [
        migrations.AlterField("preference", "topic", models.CharField(choices=TOPICS, max_length=20)),
    ]
