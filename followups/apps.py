from django.apps import AppConfig


class FollowupsConfig(AppConfig):
    name = "followups"
    verbose_name = "Agreements and follow-ups"

    def ready(self) -> None:
        from bookings.signals import booking_changed, booking_made, bookings_rearranged
        from core import work
        from customers.signals import customer_leaving, customer_saved
        from followups import receivers
        from followups.services.keeping import keep_current

        customer_saved.connect(receivers.meet)
        customer_leaving.connect(receivers.forget)
        booking_made.connect(receivers.count_booking)
        booking_changed.connect(receivers.count_change)
        bookings_rearranged.connect(receivers.count_rearrangement)
        work.register("follow-ups", keep_current)
