from django.tasks import task


@task()
def tell_of_part(article_id: int) -> None:
    from community.blogs.series import telling

    telling.tell_of_part(article_id)
