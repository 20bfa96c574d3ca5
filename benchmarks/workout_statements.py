"""
The same answers in SQL, one statement each: every set is read once. Sets are found from the
workouts: from the entries PostgreSQL takes parallel workers, which double the CPU.
"""

# What of a set can be a record.
MAXIMA = """
max(weight_grams) AS weight, max(reps) AS reps,
max(CASE WHEN reps = 1 THEN 30 * weight_grams
         WHEN reps <= 12 THEN weight_grams * (reps + 30) END) AS estimate,
max(reps * weight_grams) AS volume, max(distance_millimetres) AS distance,
max(duration_seconds) AS duration,
max(CASE WHEN distance_millimetres >= 1000000
         THEN distance_millimetres::float8 / duration_seconds::float8 END) AS speed
"""
VALUES = ("weight", "reps", "estimate", "volume", "distance", "duration", "speed")

HELD = ", ".join(
    f"""top.{value},
    (array_agg(workout_id ORDER BY started_at, workout_id)
        FILTER (WHERE best.{value} = top.{value}))[1],
    min(started_at) FILTER (WHERE best.{value} = top.{value})"""
    for value in VALUES
)
RECORDS = f"""
WITH best AS MATERIALIZED (
    SELECT exercise_id, workout.id AS workout_id, started_at, {MAXIMA}
    FROM workouts_workout workout JOIN workouts_entry entry ON workout_id = workout.id
    JOIN workouts_set ON entry_id = entry.id
    WHERE workout.customer_id = %(customer)s AND type <> 'warmup'
    GROUP BY exercise_id, workout.id
), top AS MATERIALIZED (
    SELECT exercise_id, {", ".join(f"max({value}) AS {value}" for value in VALUES)}
    FROM best GROUP BY exercise_id
)
SELECT exercise_id, kind, {HELD}
FROM top JOIN best USING (exercise_id)
JOIN workouts_exercise exercise ON exercise.id = exercise_id
WHERE {" OR ".join(f"best.{value} = top.{value}" for value in VALUES)}
GROUP BY exercise_id, kind, {", ".join(f"top.{value}" for value in VALUES)}
ORDER BY exercise_id
"""

# Every week of the customer's, those outside the span without workouts: streaks are over all.
STATS = """
WITH added AS MATERIALIZED (
    SELECT workout.id AS workout_id, count(*) AS sets, sum(reps * weight_grams)::bigint AS volume,
           sum(distance_millimetres)::bigint AS distance
    FROM workouts_workout workout JOIN workouts_entry entry ON workout_id = workout.id
    JOIN workouts_set ON entry_id = entry.id
    WHERE workout.customer_id = %(customer)s AND {counts} GROUP BY workout.id
)
SELECT date_trunc('week', started_at)::date, count(*) FILTER (WHERE {counts}),
       count(DISTINCT started_at::date) FILTER (WHERE {counts}),
       coalesce(sum(ended_at - started_at) FILTER (WHERE {counts}), interval '0'),
       coalesce(sum(sets), 0)::bigint, coalesce(sum(volume), 0)::bigint,
       coalesce(sum(distance), 0)::bigint
FROM workouts_workout workout LEFT JOIN added ON workout_id = workout.id
WHERE customer_id = %(customer)s GROUP BY 1 ORDER BY 1
"""
ALL_TIME = STATS.format(counts="true")
SINCE = STATS.format(counts="started_at >= %(from)s")

PROGRESS = """
SELECT workout.id, started_at, (SELECT kind FROM workouts_exercise WHERE id = %(exercise)s),
       max(weight_grams) FILTER (WHERE type <> 'warmup'),
       max(CASE WHEN reps = 1 THEN 30 * weight_grams
                WHEN reps <= 12 THEN weight_grams * (reps + 30) END)
           FILTER (WHERE type <> 'warmup'),
       sum(reps * weight_grams)::bigint, sum(distance_millimetres)::bigint,
       sum(duration_seconds)::bigint,
       sum(duration_seconds) FILTER (WHERE distance_millimetres IS NOT NULL)::bigint
FROM workouts_entry entry JOIN workouts_set ON entry_id = entry.id
JOIN workouts_workout workout ON workout.id = workout_id
WHERE entry.customer_id = %(customer)s AND exercise_id = %(exercise)s
GROUP BY workout.id ORDER BY started_at, workout.id
"""

PAGE = """
SELECT number, workout.id, client_id::text, customer_id, started_at, ended_at, workout.note,
       entry.position, exercise_id, entry.note, workouts_set.position, type, reps, weight_grams,
       duration_seconds, distance_millimetres, calories, rpe_halves
FROM (
    SELECT *, (SELECT count(*) FROM workouts_workout WHERE customer_id = %(customer)s) AS number
    FROM workouts_workout WHERE customer_id = %(customer)s
    ORDER BY started_at DESC, id DESC LIMIT %(size)s
) workout
JOIN (SELECT id, workout_id, exercise_id, position, note FROM workouts_entry) entry
    ON entry.workout_id = workout.id
JOIN workouts_set ON entry_id = entry.id
ORDER BY started_at DESC, workout.id DESC, entry.position, workouts_set.position
"""

# What is inserted is not seen by the statement that inserts it, so the bests are the others'. One
# that is known already is found by its client_id, and its own sets are left out.
LOG = f"""
WITH sent AS (
    SELECT * FROM json_to_recordset(%(sets)s) AS one (
        place int, exercise bigint, note text, position int, type text, reps int, grams int,
        seconds int, millimetres int, calories int, halves int)
), holder AS (
    SELECT id FROM customers_customer WHERE id = %(customer)s FOR NO KEY UPDATE
), made AS (
    INSERT INTO workouts_workout (client_id, fingerprint, customer_id, started_at, ended_at, note)
    SELECT %(client_id)s, %(fingerprint)s, id, %(started_at)s, %(ended_at)s, %(note)s FROM holder
    ON CONFLICT (client_id) DO NOTHING RETURNING id, fingerprint
), entry AS (
    INSERT INTO workouts_entry (workout_id, exercise_id, customer_id, position, note)
    SELECT made.id, exercise, %(customer)s, place, note
    FROM made, (SELECT DISTINCT place, exercise, note FROM sent ORDER BY place) each
    RETURNING id, position
), written AS (
    INSERT INTO workouts_set (entry_id, position, type, reps, weight_grams, duration_seconds,
                              distance_millimetres, calories, rpe_halves)
    SELECT entry.id, sent.position, type, reps, grams, seconds, millimetres, calories, halves
    FROM sent JOIN entry ON entry.position = place ORDER BY place, sent.position
), workout AS MATERIALIZED (
    SELECT id, fingerprint, true AS is_new FROM made
    UNION ALL
    SELECT id, fingerprint, false FROM workouts_workout WHERE client_id = %(client_id)s
)
SELECT workout.*, exercise.id, kind, others.*
FROM workout CROSS JOIN workouts_exercise exercise LEFT JOIN (
    SELECT exercise_id, {MAXIMA}
    FROM workouts_entry entry JOIN workouts_set ON entry_id = entry.id
    WHERE customer_id = %(customer)s AND exercise_id = ANY(%(exercises)s) AND type <> 'warmup'
      AND workout_id <> coalesce(
          (SELECT id FROM workouts_workout WHERE client_id = %(client_id)s), 0)
    GROUP BY exercise_id
) others ON exercise_id = exercise.id
WHERE exercise.id = ANY(%(exercises)s) ORDER BY exercise.id
"""
