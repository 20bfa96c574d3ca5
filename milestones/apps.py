from django.apps import AppConfig


class MilestonesConfig(AppConfig):
    name = "milestones"
    verbose_name = "Milestones and awards"

    def ready(self) -> None:
        from bookings.signals import booking_checked_in, booking_made
        from milestones import receivers

        booking_made.connect(receivers.count_booking)
        booking_checked_in.connect(receivers.count_visit)
