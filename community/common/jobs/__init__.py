"""Small jobs: rows in the database that a worker claims.

The row is the truth in both deployments. In the embedded one a worker looks for rows; in production Celery carries
their ids over Redis (`community.common.tasks_celery`). A lost, doubled or late message changes nothing.
"""
