"""Models: a Spec is what to train, a Run one execution of it, an Attachment a request for it.

The sandbox does not depend on its host: a target is a kind and a number ("post", 12) that the host interprets.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bpsandbox import failures, lifecycle
from bpsandbox.querysets import AttachmentQuerySet, RunQuerySet, SpecQuerySet

PEOPLE, VISITORS, SYSTEM = 0, 1, 9


class Spec(models.Model):
    """A config in canonical form. Its hash is its permanent name."""

    hash = models.CharField(max_length=32, unique=True)
    canonical = models.TextField(help_text=_("Canonical JSON: defaults filled, keys sorted, no title, no notes."))
    facts = models.JSONField(default=dict, help_text=_("What lists show: title, seeds, parameters."))
    current_run = models.ForeignKey("Run", null=True, on_delete=models.SET_NULL, related_name="+")
    traits_of = models.BigIntegerField(
        null=True, blank=True, help_text=_("The run that its traits are of; empty until they are written.")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SpecQuerySet.as_manager()

    class Meta:
        verbose_name = _("spec")
        verbose_name_plural = _("specs")
        indexes = [
            models.Index(
                fields=["current_run"],
                name="bpsandbox_spec_untraited",
                condition=Q(traits_of=None, current_run__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.hash


class Run(models.Model):
    """One execution of a spec, complete or up to one worked step, and its state."""

    class State(models.TextChoices):
        QUEUED = lifecycle.QUEUED, _("waiting")
        RUNNING = lifecycle.RUNNING, _("training")
        SUCCEEDED = lifecycle.SUCCEEDED, _("done")
        DIVERGED = lifecycle.DIVERGED, _("diverged")
        FAILED = lifecycle.FAILED, _("failed")
        CANCELLED = lifecycle.CANCELLED, _("cancelled")

    spec = models.ForeignKey(Spec, on_delete=models.CASCADE, related_name="runs")
    engine_version = models.CharField(max_length=40)
    working = models.CharField(
        max_length=80,
        blank=True,
        default="",
        help_text=_("The step to work out, as sample.step.seed; empty for a whole run."),
    )
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    priority = models.SmallIntegerField(default=PEOPLE, help_text=_("Smaller numbers go first."))
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs"
    )
    quota_key = models.CharField(
        max_length=80, blank=True, help_text=_("Whose quota it counts towards; empty: nobody's.")
    )
    network = models.CharField(max_length=50, blank=True, help_text=_("The network of the visitor who asked for it."))
    cpu_seconds = models.FloatField()
    repeats = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="repeated_by")
    agreement = models.JSONField(null=True, blank=True, help_text=_("How it compares with the run it repeats."))

    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)

    worker = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveIntegerField(
        default=0, help_text=_("Fencing token: grows with each claim; earlier holders can no longer write.")
    )
    attempts = models.PositiveSmallIntegerField(default=0)

    progress = models.JSONField(null=True, blank=True)
    progress_seq = models.PositiveIntegerField(default=0)
    summary = models.JSONField(null=True, blank=True, help_text=_("For a line in a list."))
    card = models.JSONField(null=True, blank=True, help_text=_("For a card: few points, no records."))
    result = models.JSONField(null=True, blank=True, help_text=_("For the run page: at most 2,000 points per curve."))
    archive = models.BinaryField(null=True, blank=True, help_text=_("The whole document, compressed."))
    failure = models.JSONField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        constraints = [
            models.UniqueConstraint(
                fields=["spec", "engine_version", "working"],
                condition=Q(state__in=[lifecycle.QUEUED, lifecycle.RUNNING]),
                name="bpsandbox_run_one_active_a_spec",
            ),
            models.UniqueConstraint(
                fields=["quota_key"],
                condition=Q(state=lifecycle.RUNNING) & ~Q(quota_key=""),
                name="bpsandbox_run_one_running_a_person",
            ),
            models.CheckConstraint(condition=Q(state__in=lifecycle.STATES), name="bpsandbox_run_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state=lifecycle.RUNNING) | Q(lease_until__isnull=False),
                name="bpsandbox_run_running_has_a_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(lifecycle.WITH_RESULT)) | Q(result__isnull=False),
                name="bpsandbox_run_success_has_a_result",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(lifecycle.ACTIVE)) | Q(finished_at__isnull=False),
                name="bpsandbox_run_end_has_a_moment",
            ),
        ]
        indexes = [
            models.Index(F("priority"), F("id"), name="bpsandbox_run_queue", condition=Q(state=lifecycle.QUEUED)),
            models.Index(fields=["lease_until"], name="bpsandbox_run_lease", condition=Q(state=lifecycle.RUNNING)),
            models.Index(fields=["quota_key", "created_at"], name="bpsandbox_run_quota"),
            models.Index(fields=["quota_key", "started_at"], name="bpsandbox_run_turn"),
            models.Index(fields=["network", "started_at"], name="bpsandbox_run_net_turn"),
            models.Index(fields=["spec", "working"], name="bpsandbox_run_step", condition=~Q(working="")),
            models.Index(fields=["network", "created_at"], name="bpsandbox_run_network", condition=~Q(network="")),
            models.Index(
                fields=["finished_at"],
                name="bpsandbox_run_unannounced",
                condition=Q(announced_at=None) & ~Q(state__in=[lifecycle.QUEUED, lifecycle.RUNNING]),
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.pk} ({self.state})"

    @property
    def is_active(self) -> bool:
        return self.state in lifecycle.ACTIVE

    @property
    def has_result(self) -> bool:
        return self.state in lifecycle.WITH_RESULT

    @property
    def is_cancelling(self) -> bool:
        return self.is_active and self.cancel_requested_at is not None

    @property
    def is_system(self) -> bool:
        return self.priority == SYSTEM

    @property
    def failure_sentence(self) -> str:
        """Return why there is no result, in the reader's language; empty if nothing failed."""
        return failures.sentence(self.failure) if self.failure else ""


class Attachment(models.Model):
    """A request for a spec: by a post, an API client or a visitor."""

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("public")
        UNLISTED = "unlisted", _("by link")
        PRIVATE = "private", _("private")

    spec = models.ForeignKey(Spec, on_delete=models.CASCADE, related_name="attachments")
    target_kind = models.CharField(max_length=30, blank=True)
    target_id = models.BigIntegerField(null=True, blank=True)
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True, help_text=_("The config as written, with its comments."))
    forked_from = models.CharField(
        max_length=32,
        blank=True,
        default="",
        db_default="",
        help_text=_("The hash of the spec that the config was forked from, as its text says; it may be gone."),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="run_attachments"
    )
    owner_key = models.CharField(max_length=80, blank=True, help_text=_("A visitor's own key."))
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PRIVATE)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    detached_at = models.DateTimeField(null=True, blank=True, help_text=_("The owner no longer waits for it."))

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            models.UniqueConstraint(
                fields=["spec", "target_kind", "target_id"],
                condition=Q(target_id__isnull=False),
                name="bpsandbox_attachment_once_a_target",
            ),
            models.UniqueConstraint(
                fields=["spec", "owner"],
                condition=Q(target_id__isnull=True, owner__isnull=False),
                name="bpsandbox_attachment_once_a_member",
            ),
            models.UniqueConstraint(
                fields=["spec", "owner_key"],
                condition=Q(target_id__isnull=True) & ~Q(owner_key=""),
                name="bpsandbox_attachment_once_a_visitor",
            ),
        ]
        indexes = [
            models.Index(fields=["target_kind", "target_id"], name="bpsandbox_attachment_target"),
            models.Index(fields=["forked_from"], name="bpsandbox_attachment_forks", condition=~Q(forked_from="")),
            models.Index(
                fields=["expires_at"], name="bpsandbox_attachment_expiry", condition=Q(expires_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"attachment {self.pk}"


class Trait(models.Model):
    """Something that lists of runs are filtered by: the data, a layer, sizes, the loss, the optimiser, a finding.

    `task`, data and loss together, is what final losses can be compared within; `all` is one row of each spec. Each
    row has what lists are sorted by.
    """

    # No constraint in the database: a release that does not know this table deletes specs too (ADR 53).
    spec = models.ForeignKey(Spec, on_delete=models.CASCADE, db_constraint=False, related_name="traits")
    kind = models.CharField(max_length=12)
    value = models.CharField(max_length=60)
    final = models.FloatField(help_text=_("The final loss of the current run; very large without one."))
    parameters = models.BigIntegerField(null=True, help_text=_("Parameters of one seed; empty in older rows."))
    steps = models.BigIntegerField(null=True, help_text=_("Steps of its longest seed; empty in older rows."))

    class Meta:
        verbose_name = _("trait")
        verbose_name_plural = _("traits")
        constraints = [
            models.UniqueConstraint(fields=["kind", "value", "spec"], name="bpsandbox_trait_once_a_spec"),
        ]
        indexes = [
            models.Index(fields=["kind", "value", "final", "-spec"], name="bpsandbox_trait_by_final"),
            models.Index(fields=["kind", "value", "parameters", "-spec"], name="bpsandbox_trait_by_size"),
            models.Index(fields=["kind", "value", "steps", "-spec"], name="bpsandbox_trait_by_steps"),
            models.Index(fields=["spec"], name="bpsandbox_trait_unsized", condition=Q(parameters=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class GoneRun(models.Model):
    """A spec that everybody with its address could see, and that was deleted since."""

    hash = models.CharField(max_length=32, unique=True)
    deleted_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("deleted run")
        verbose_name_plural = _("deleted runs")

    def __str__(self) -> str:
        return self.hash


class Certificate(models.Model):
    """The site's own repetition of a public run: how the numbers compared, or who is repeating it."""

    class State(models.TextChoices):
        CHECKING = "checking", _("being repeated")
        IDENTICAL = "identical", _("bit-identical")
        AGREES = "agrees", _("same to 10 decimals")
        DIFFERS = "differs", _("differs")
        FAILED = "failed", _("could not be repeated")

    # No constraint in the database: a release that does not know this table deletes runs too (ADR 53).
    run = models.OneToOneField(Run, on_delete=models.CASCADE, db_constraint=False, related_name="certificate")
    spec = models.ForeignKey(Spec, on_delete=models.CASCADE, db_constraint=False, related_name="certificates")
    state = models.CharField(max_length=10, choices=State, default=State.CHECKING)
    engine_version = models.CharField(max_length=40)
    fingerprint = models.CharField(
        max_length=40, blank=True, help_text=_("What rounding depends on, where it was repeated.")
    )
    same_until = models.BigIntegerField(
        null=True, blank=True, help_text=_("The last step up to which all numbers are the same to 10 decimals.")
    )
    last_step = models.BigIntegerField(null=True, blank=True)
    largest_difference = models.FloatField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)

    worker = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(help_text=_("Once it is over, when it ended."))
    fence = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    seconds = models.FloatField(default=0.0, help_text=_("How long its repetitions have trained."))

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        indexes = [models.Index(fields=["lease_until"], name="bpsandbox_certificate_lease")]

    def __str__(self) -> str:
        return f"certificate of run {self.run_id} ({self.state})"


class TrainedWeights(models.Model):
    """The trained weights of one seed of a run, as a file in the format safetensors."""

    # No constraint in the database: a release that does not know this table deletes runs too (ADR 53).
    run = models.ForeignKey(Run, on_delete=models.CASCADE, db_constraint=False, related_name="trained_weights")
    place = models.PositiveSmallIntegerField(help_text=_("The index of the seed in the result."))
    size = models.PositiveIntegerField(help_text=_("Bytes."))
    largest = models.FloatField(help_text=_("The largest absolute value."))
    content = models.BinaryField()

    class Meta:
        verbose_name = _("trained weights")
        verbose_name_plural = _("trained weights")
        constraints = [
            models.UniqueConstraint(fields=["run", "place"], name="bpsandbox_weights_once_a_seed"),
        ]

    def __str__(self) -> str:
        return f"weights {self.place} of run {self.run_id}"


class Worker(models.Model):
    """A worker process and its last sign of life."""

    name = models.CharField(max_length=80, unique=True)
    slots = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()
    rates = models.TextField(blank=True, default="", db_default="", help_text=_("The measured speed of its machine."))

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self) -> str:
        return self.name


def owner_fields(user: Any, owner_key: str) -> dict[str, Any]:
    """Return the columns of an owner."""
    return {"owner": user} if user is not None else {"owner_key": owner_key}
