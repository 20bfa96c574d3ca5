"""
Fills a gym with five years of workouts, in the order in which they were: what somebody trained lies
among what everybody else did at that time.
"""

from benchmarks.filling import cursor_of, rows_of

# Four workouts a week for five years, of 25 sets each; everybody else's have twelve.
DILIGENT_WORKOUTS = 5 * 52 * 4

# One in five never trains alone, most have one workout to three, and one in five hundred 150.
WORKOUTS = """
INSERT INTO workouts_workout (client_id, fingerprint, customer_id, started_at, ended_at, note)
SELECT gen_random_uuid(), '', customer_id, begins, begins + length * interval '1 minute', ''
FROM (
    SELECT id AS customer_id, 40 + floor(random() * 50) AS length,
           now() - interval '1 day' - random() * interval '1824 days' AS begins
    FROM customers_customer,
         generate_series(1, CASE WHEN id %% 500 = 1 THEN 150 WHEN id %% 5 = 0 THEN 0
                                 ELSE 1 + id %% 3 END)
    WHERE id <> %(diligent)s
    UNION ALL
    SELECT %(diligent)s, 60 + place %% 30,
           date_trunc('week', now()) - (1 + place / 4) * interval '1 week'
               + (ARRAY[0, 1, 3, 5])[1 + place %% 4] * interval '1 day' + interval '17 hours'
    FROM generate_series(0, %(workouts)s - 1) place
) trained ORDER BY begins
"""

# Whoever trains has four days that return, each of four strength exercises; who is diligent runs or
# cycles at the end as well.
ENTRIES = """
INSERT INTO workouts_entry (workout_id, exercise_id, customer_id, position, note)
SELECT workout_id,
       CASE WHEN place < 5 THEN strength[1 + (customer_id + 4 * turn + place) %% lifted]
            ELSE cardio[1 + turn %% 3] END, customer_id, place, ''
FROM (SELECT id AS workout_id, customer_id, started_at,
             row_number() OVER (PARTITION BY customer_id ORDER BY started_at) %% 4 AS turn
      FROM workouts_workout) workout,
     (SELECT array_agg(id ORDER BY id) FILTER (WHERE kind = 'strength') AS strength,
             array_agg(id ORDER BY id) FILTER (WHERE kind = 'cardio') AS cardio,
             count(*) FILTER (WHERE kind = 'strength') AS lifted FROM workouts_exercise) catalogue,
     generate_series(1, CASE customer_id WHEN %(diligent)s THEN 5 ELSE 4 END) place
ORDER BY started_at, workout_id, place
"""

# The first of an entry warms up. Weights grow by a kilogram a month or so, with good days and bad.
SETS = """
INSERT INTO workouts_set (entry_id, position, type, reps, weight_grams, duration_seconds,
                          distance_millimetres, calories, rpe_halves)
SELECT entry_id, place,
       CASE WHEN place = 1 THEN 'warmup' WHEN place = 5 AND lot < 0.2 THEN 'failure'
            ELSE 'normal' END,
       CASE WHEN lifts THEN 4 + floor(11 * lot)::int END,
       CASE WHEN lifts THEN 500 * (60 + 20 * place + months + floor(30 * other_lot))::int END,
       CASE WHEN NOT lifts THEN 240 + floor(900 * lot)::int END,
       CASE WHEN NOT lifts THEN (240 + floor(900 * lot)::int)
           * (2200 + 10 * months + floor(600 * other_lot))::int END,
       CASE WHEN NOT lifts THEN 60 + floor(200 * lot)::int END,
       CASE WHEN entry_id %% 3 = 0 THEN 12 + place END
FROM (
    SELECT entry.id AS entry_id, place, kind = 'strength' AS lifts, random() AS lot,
           random() AS other_lot,
           floor(extract(epoch FROM started_at - now() + interval '5 years') / 2600000) AS months
    FROM workouts_entry entry
    JOIN workouts_workout workout ON workout.id = workout_id
    JOIN workouts_exercise exercise ON exercise.id = exercise_id,
         generate_series(1, CASE entry.customer_id WHEN %(diligent)s THEN 5 ELSE 3 END) place
    ORDER BY entry.id, place
) made
"""


def fill_workouts(address: str) -> int:
    """Give the one customer who has trained for five years."""
    [(diligent,)] = rows_of(address, "SELECT min(id) + count(*) / 2 FROM customers_customer")
    values = {"diligent": diligent, "workouts": DILIGENT_WORKOUTS}
    with cursor_of(address) as cursor:
        # Foreign keys are right by construction; checking them row by row takes as long again.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SELECT setseed(0.5)")
        for statement in (WORKOUTS, ENTRIES, SETS):
            cursor.execute(statement, values)
    return int(diligent)
