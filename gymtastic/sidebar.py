"""The admin's sidebar: every list that staff work with, in the order of their day."""

from typing import Any

from django.urls import reverse_lazy


def sidebar_item(title: str, icon: str, model: str, *, page: str = "changelist") -> dict[str, Any]:
    """Link a model's list, or another page of it; only who may see it gets the link."""
    app, name = model.split(".")
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{name}_{page}"),
        "permission": lambda request: any(
            request.user.has_perm(f"{app}.{act}_{name}") for act in ("view", "change")
        ),
    }


SIDEBAR: list[dict[str, Any]] = [
    {
        "title": "Schedule",
        "items": [
            sidebar_item("Sessions", "calendar_month", "classes.classsession"),
            sidebar_item("Bookings", "how_to_reg", "bookings.booking"),
            sidebar_item("Waiting list", "hourglass_top", "bookings.waitlistentry"),
        ],
    },
    {
        "title": "Customers",
        "items": [
            sidebar_item("Customers", "group", "customers.customer"),
            sidebar_item("Segments", "label", "customers.segment"),
            sidebar_item("Memberships", "card_membership", "memberships.membership"),
            sidebar_item("Milestone awards", "emoji_events", "milestones.milestoneaward"),
        ],
    },
    {
        "title": "Follow-up",
        "items": [
            sidebar_item("Follow-ups", "call", "followups.followup"),
            sidebar_item("Agreements", "contract", "followups.agreement"),
        ],
    },
    {
        "title": "Training",
        "items": [
            {
                **sidebar_item("Workouts", "fitness_center", "workouts.workout"),
                # The next one's page lies below it.
                "active": lambda request: (
                    "/workouts/workout/" in request.path
                    and not request.path.endswith("/workout/training/")
                ),
            },
            sidebar_item(
                "A customer's training", "monitoring", "workouts.workout", page="training"
            ),
            sidebar_item("Exercises", "exercise", "workouts.exercise"),
        ],
    },
    {
        "title": "What the gym offers",
        "items": [
            sidebar_item("Class types", "sports_gymnastics", "classes.classtype"),
            sidebar_item("Plans", "sell", "memberships.membershipplan"),
            sidebar_item("Milestones", "flag", "milestones.milestone"),
            sidebar_item("Booking windows", "schedule", "bookings.bookingwindow"),
        ],
    },
    {
        "title": "Partners",
        "items": [
            sidebar_item("Venues", "storefront", "venues.venue"),
            sidebar_item("Benefits", "redeem", "benefits.benefit"),
            sidebar_item("Benefit usages", "receipt_long", "benefits.benefitusage"),
        ],
    },
    {
        "title": "Flash promotions",
        "items": [
            sidebar_item("Flash promotions", "bolt", "promotions.flashpromo"),
            sidebar_item("Products", "shopping_bag", "promotions.product"),
            sidebar_item("Reservations", "timer", "promotions.promoreservation"),
            sidebar_item("Who was told", "campaign", "promotions.promonotice"),
        ],
    },
    {
        "title": "What customers are told",
        "items": [
            sidebar_item("Notifications", "inbox", "notifications.notification"),
            sidebar_item("Mails", "outgoing_mail", "notifications.mail"),
            sidebar_item("Mail templates", "edit_note", "notifications.mailtemplate"),
        ],
    },
    {
        "title": "Access",
        "items": [
            sidebar_item("Staff", "badge", "auth.user"),
            sidebar_item("Groups", "groups", "auth.group"),
            sidebar_item("API keys", "key", "core.apikey"),
            sidebar_item("Calendar feeds", "rss_feed", "bookings.calendartoken"),
        ],
    },
]
