"""Fills a gym with agreements, so that its customers have every follow-up status."""

from benchmarks.filling import cursor_of

# By the last two digits of a customer's turn: five in a hundred have bought nothing, five have a
# trial, which half of them have booked a session with, the others one agreement or two.
AGREEMENTS = """
INSERT INTO followups_agreement
    (customer_id, purchased_on, session_quantity, sessions_remaining, status, alert,
     past_due_balance, is_trial)
SELECT customer_id, current_date - 1 - floor(random() * 700)::int, quantity,
       CASE WHEN quantity = 1 THEN floor(random() * 2)::int
            ELSE quantity - floor(random() * 3)::int END,
       CASE WHEN is_trial THEN 'active' WHEN lot < 0.005 THEN 'collections'
            WHEN lot < 0.035 THEN 'suspended' WHEN lot < 0.25 THEN 'inactive' ELSE 'active' END,
       CASE WHEN is_trial OR lot < 0.035 OR lot >= 0.25 THEN 'none'
            WHEN lot < 0.15 THEN 'canceled' ELSE 'expired' END,
       CASE WHEN NOT is_trial AND (lot < 0.005 OR lot > 0.985) THEN 49.90 ELSE 0 END, is_trial
FROM (
    SELECT customer_id, random() AS lot, turn BETWEEN 5 AND 9 AS is_trial,
           (ARRAY[NULL, NULL, NULL, 10, 10, 20, 1])[
               CASE WHEN turn < 10 THEN 5 ELSE 1 + floor(random() * 7)::int END] AS quantity
    FROM (SELECT id AS customer_id, id %% 100 AS turn FROM customers_customer ORDER BY id) customer,
         generate_series(1, CASE WHEN turn < 5 THEN 0 WHEN turn < 45 THEN 1 ELSE 2 END)
) chosen
"""
# Nobody has said yet who was there and who was not.
UNSEEN = "UPDATE bookings_booking SET status = 'booked' WHERE status = 'no_show'"


def fill_agreements(address: str) -> None:
    with cursor_of(address) as cursor:
        # Foreign keys are right by construction; checking them row by row takes as long again.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(AGREEMENTS, {})
        cursor.execute(UNSEEN)
