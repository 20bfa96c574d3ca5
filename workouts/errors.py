"""Every way in which a workout can be refused."""

from dataclasses import dataclass

from core.errors import Refusal


@dataclass(eq=False)
class WorkoutRunning(Refusal):
    """another workout of the customer has not ended."""

    code = "workout_running"
    workout: int

    def __str__(self) -> str:
        return "The customer is in the middle of another workout. It has to end first."


@dataclass(eq=False)
class ClientIdReused(Refusal):
    """another workout was posted with this client_id."""

    code = "client_id_reused"
    workout: int

    def __str__(self) -> str:
        return "Another workout was posted under this client_id."
