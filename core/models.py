from typing import Self

from django.db import models

from core.tokens import digest_of, new_token


class ApiKey(models.Model):
    """What a program shows to use a closed API. Only a hash is stored, so a key is seen once."""

    name = models.CharField(max_length=100, unique=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    prefix = models.CharField(max_length=8, editable=False)
    is_read_only = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "API key"

    def __str__(self) -> str:
        return self.name

    @property
    def is_authenticated(self) -> bool:
        """Say to DRF that whoever shows a valid key is known."""
        return True

    @classmethod
    def issue(cls, *, name: str, is_read_only: bool = False) -> tuple[Self, str]:
        """Make a key; the second value is the key itself, which nobody can read again."""
        key = new_token()
        made = cls(name=name, digest=digest_of(key), prefix=key[:8], is_read_only=is_read_only)
        made.save()
        return made, key
