"""How workouts are written on the admin's pages."""

from datetime import timedelta

from workouts.rows import SetRow
from workouts.states import SetType

MINUTE = timedelta(minutes=1)


def plain(number: float) -> str:
    """Write up to three decimals, and none that say nothing."""
    return f"{number:,.3f}".rstrip("0").rstrip(".")


def kilograms(grams: int) -> str:
    return f"{plain(grams / 1000)} kg"


def estimate(kg: float) -> str:
    return f"{kg:,.1f} kg"


def kilometres(metres: float) -> str:
    return f"{plain(metres / 1000)} km"


def length(time: timedelta) -> str:
    hours, minutes = divmod(time // MINUTE, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


def clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def told_set(row: SetRow) -> str:
    """Write what was done: repetitions of a weight, or a time and how far it went."""
    if row.reps is not None and row.weight_grams is not None:
        weight = kilograms(row.weight_grams) if row.weight_grams else "body weight"
        return f"{row.reps} × {weight}"
    parts = [clock(row.duration_seconds or 0)]
    if row.distance_millimetres is not None:
        parts.append(kilometres(row.distance_millimetres / 1000))
    if row.calories is not None:
        parts.append(f"{row.calories:,} kcal")
    return ", ".join(parts)


def told_type(row: SetRow) -> str:
    return SetType(row.type).label


def told_effort(row: SetRow) -> str:
    return "" if row.rpe_halves is None else plain(row.rpe_halves / 2)
