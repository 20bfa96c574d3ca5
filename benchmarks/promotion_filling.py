"""
Fills a gym with positions, venues and flash promotions: a country of 600 by 850 km, of whose
customers and venues a third live in its one big city and the others anywhere.
"""

from benchmarks.filling import cursor_of

RUNNING = 10_000
ENDED = 4_000
COMING = 1_000
VENUES = 4_000
# The middle of the city; half of what is in it lies within 9 km.
CITY = (52.52, 13.4)

PLACED = """
UPDATE {table} SET
    latitude = CASE WHEN in_city THEN %(latitude)s + away * sin(angle) / 111.195
                    ELSE 47.3 + 7.7 * lot END,
    longitude = CASE WHEN in_city
        THEN %(longitude)s + away * cos(angle) / 111.195 / cos(radians(%(latitude)s))
        ELSE 6.0 + 9.0 * other_lot END
FROM (
    SELECT id AS pk, random() < 0.35 AS in_city, random() AS lot, random() AS other_lot,
           7.6 * sqrt(-2 * ln(1 - random())) AS away, 2 * pi() * random() AS angle
    FROM {table}
) placed WHERE id = pk
"""

# By hand: from one customer in 80 to one in 10. By rule, beside the gym's two: four more.
SEGMENTS = """
INSERT INTO customers_segment (name, description, rule, rule_days, rule_min_visits)
SELECT 'Chosen ' || i, '', 'manual', NULL::int, NULL::int FROM generate_series(1, 12) i
UNION ALL
SELECT 'New for ' || i || ' days', '', 'new_customers', i, NULL::int
FROM unnest(ARRAY[60, 365]) i
UNION ALL
SELECT 'Often in ' || i || ' days', '', 'frequent_visitors', i, 2 FROM unnest(ARRAY[30, 60]) i;
INSERT INTO customers_in_segment (segment_id, customer_id)
SELECT segment.id, customer.id FROM customers_segment segment
JOIN customers_customer customer
    ON (customer.id * 7919 + segment.id * 104729) %% 997 < 997 / (8 + 6 * (segment.id %% 13))
WHERE segment.name LIKE 'Chosen %%';
"""

PRODUCTS = """
INSERT INTO venues_venue (name) SELECT 'Venue ' || i FROM generate_series(1, %(venues)s) i;
INSERT INTO promotions_product (venue_id, name, regular_price)
SELECT (SELECT min(id) FROM venues_venue) + floor(random() * %(venues)s)::bigint,
       'Product ' || i, 9.90
FROM generate_series(1, %(running)s) i;
"""

# Of a hundred promotions 90 reach 2 km, 7 reach 10, and the farthest one in a thousand everybody.
# Each product has one that is running; of some there are ended ones, or one that is to come.
PROMOS = """
INSERT INTO promotions_flashpromo
    (product_id, promo_price, starts_at, ends_at, max_distance_km, quantity, is_active,
     sold_count, held_count, notified_at)
SELECT first_product + CASE WHEN place <= %(ended)s
           THEN place - 1 ELSE (place - 1 - %(ended)s) %% %(running)s END,
       4.90, begins, begins + interval '6 hours',
       CASE WHEN lot < 0.90 THEN 2 WHEN lot < 0.97 THEN 10 WHEN lot < 0.99 THEN 50
            WHEN lot < 0.999 THEN 500 ELSE 20000 END,
       quantity, place > %(ended)s OR NOT is_sold_out,
       CASE WHEN place <= %(ended)s AND is_sold_out THEN quantity ELSE 0 END, 0,
       CASE WHEN begins <= now() THEN begins + interval '30 seconds' END
FROM (
    SELECT place, random() AS lot, 1 + place %% 20 AS quantity, place %% 3 = 0 AS is_sold_out,
           now() + CASE
               WHEN place <= %(ended)s THEN - interval '1 day' * (1 + 100 * random())
               WHEN place <= %(ended)s + %(running)s THEN - interval '2 hours' * random()
               ELSE interval '1 day' * (1 + random()) END AS begins
    FROM generate_series(1, %(ended)s + %(running)s + %(coming)s) place
) made, (SELECT min(id) AS first_product FROM promotions_product) product
ORDER BY begins;
INSERT INTO promotions_flashpromo_segments (flashpromo_id, segment_id)
SELECT DISTINCT promo.id, first_segment + floor(random() * segments)::bigint
FROM promotions_flashpromo promo, generate_series(0, 2) turn,
     (SELECT min(id) AS first_segment, count(*) AS segments FROM customers_segment) segment
WHERE turn <= promo.id %% 3;
"""

# Of the ended ones what was sold; of a twentieth of the running ones every unit is on hold, half
# of those for a while yet and half without anybody having come since they ran out.
RESERVATIONS = """
INSERT INTO promotions_promoreservation
    (promo_id, customer_id, status, price, created_at, expires_at, completed_at)
SELECT id, first_customer + (id * 37 + unit * 101) %% customers, 'completed', 4.90, starts_at,
       starts_at + interval '60 seconds', starts_at + interval '20 seconds'
FROM promotions_flashpromo, generate_series(1, sold_count) unit, (
    SELECT min(id) AS first_customer, count(*) AS customers FROM customers_customer) customer;
UPDATE promotions_flashpromo SET held_count = quantity
WHERE starts_at < now() AND ends_at > now() AND id %% 20 = 3;
INSERT INTO promotions_promoreservation
    (promo_id, customer_id, status, price, created_at, expires_at)
SELECT id, first_customer + (id * 37 + unit * 101) %% customers, 'held', 4.90,
       now() - interval '10 minutes',
       now() + CASE WHEN id %% 40 = 3 THEN interval '1 day' ELSE - interval '9 minutes' END
FROM promotions_flashpromo, generate_series(1, held_count) unit, (
    SELECT min(id) AS first_customer, count(*) AS customers FROM customers_customer) customer;
"""

# On each of the last seven days, and on this one, one customer in five was told of something.
NOTICES = """
INSERT INTO promotions_promonotice (promo_id, customer_id, day, told_at)
SELECT (SELECT min(id) FROM promotions_flashpromo) + customer.id %% %(ended)s, customer.id,
       (now() AT TIME ZONE 'UTC')::date - back, now() - back * interval '1 day'
FROM customers_customer customer, generate_series(0, 7) back WHERE customer.id %% 5 = back %% 5
"""

# One more venue in the middle of the city. Its promotions are of every customer of a segment, and
# reach as far as those live: what is asked is who gets a unit, or a message, and not who is near.
CROWD = """
WITH venue AS (
    INSERT INTO venues_venue (name, latitude, longitude)
    VALUES ('Arena', %(latitude)s, %(longitude)s) RETURNING id
), segment AS (
    INSERT INTO customers_segment (name, description, rule) VALUES ('Crowd', '', 'manual')
    RETURNING id
), product AS (
    INSERT INTO promotions_product (venue_id, name, regular_price)
    SELECT venue.id, 'Seat ' || i, 9.90 FROM venue, generate_series(1, cardinality(%(units)s)) i
    RETURNING id, name
), member AS (
    INSERT INTO customers_in_segment (segment_id, customer_id)
    SELECT segment.id, customer.id FROM segment, (
        SELECT id FROM customers_customer
        WHERE abs(latitude - %(latitude)s) < 0.2 AND abs(longitude - %(longitude)s) < 0.3
          AND id NOT IN (SELECT customer_id FROM promotions_promonotice
                         WHERE day = (now() AT TIME ZONE 'UTC')::date)
        ORDER BY id %% 997, id LIMIT %(crowd)s) customer
), promo AS (
    INSERT INTO promotions_flashpromo
        (product_id, promo_price, starts_at, ends_at, max_distance_km, quantity, is_active,
         sold_count, held_count, notified_at)
    SELECT id, 4.90, now() - interval '1 minute', now() + interval '6 hours', 50,
           (%(units)s)[split_part(name, ' ', 2)::int], true, 0, 0, now()
    FROM product RETURNING id
)
INSERT INTO promotions_flashpromo_segments (flashpromo_id, segment_id)
SELECT promo.id, segment.id FROM promo, segment RETURNING flashpromo_id
"""


def gather_a_crowd(address: str, customers: int, units: list[int]) -> list[int]:
    """
    Begin a promotion for each number of units, all for the same customers, and told already.

    Gives the promotions' ids in that order.
    """
    latitude, longitude = CITY
    values = {"latitude": latitude, "longitude": longitude, "crowd": customers, "units": units}
    with cursor_of(address) as cursor:
        cursor.execute(CROWD, values)
        return sorted(promo for (promo,) in cursor.fetchall())


def fill_promotions(address: str) -> None:
    """Give the customers of a filled gym positions, and venues near them something to sell."""
    latitude, longitude = CITY
    values = {
        "latitude": latitude,
        "longitude": longitude,
        "venues": VENUES,
        "running": RUNNING,
        "ended": ENDED,
        "coming": COMING,
    }
    with cursor_of(address) as cursor:
        # Foreign keys are right by construction; checking them row by row takes as long again.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SELECT setseed(0.5)")
        for statement in (SEGMENTS, PRODUCTS):
            cursor.execute(statement, values)
        for table in ("customers_customer", "venues_venue"):
            cursor.execute(PLACED.format(table=table), values)
        for statement in (PROMOS, RESERVATIONS, NOTICES):
            cursor.execute(statement, values)
