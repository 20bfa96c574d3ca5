from typing import TYPE_CHECKING, Self

from django.db.models import QuerySet, Value
from django.db.models.functions import Lower

if TYPE_CHECKING:
    from customers.models import Customer


def comparable_email(email: str) -> str:
    """Give an e-mail address of which a database's `LOWER` needs to know ASCII only."""
    return email if email.isascii() else email.lower()


class CustomerQuerySet(QuerySet["Customer"]):
    def with_email(self, email: str) -> Self:
        """Find by e-mail in any case, through the index that keeps e-mails unique."""
        return self.alias(email_in_any_case=Lower("email")).filter(
            email_in_any_case=Lower(Value(comparable_email(email)))
        )
