from datetime import timedelta

from django.db import models

HOLD = timedelta(seconds=60)
LONGEST_DISTANCE_KM = 20_000
MOST_UNITS = 1_000_000


class ReservationStatus(models.TextChoices):
    HELD = "held", "Held"
    COMPLETED = "completed", "Completed"
    RELEASED = "released", "Released"
    EXPIRED = "expired", "Expired"


# Every status is in exactly one of these. A hold whose minute is over is still stored as held
# until somebody wants its unit; nobody is shown that (`PromoReservation.status_at`).
TAKES_A_UNIT = (ReservationStatus.HELD, ReservationStatus.COMPLETED)
GIVES_IT_BACK = (ReservationStatus.RELEASED, ReservationStatus.EXPIRED)
