from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bpsandbox', '0010_trait_orders'),
    ]

    operations = [
        migrations.CreateModel(
            name='GoneRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hash', models.CharField(max_length=32, unique=True)),
                ('deleted_at', models.DateTimeField(auto_now_add=True, db_index=True)),
            ],
            options={
                'verbose_name': 'deleted run',
                'verbose_name_plural': 'deleted runs',
            },
        ),
    ]
