"""Background jobs: database rows claimed by workers.

The row is authoritative in both deployments. In the embedded one a worker polls for rows; in production Celery carries
their ids over Redis (`community.common.tasks_celery`). Lost, duplicate or late messages change nothing.
"""
