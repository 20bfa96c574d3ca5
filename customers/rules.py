"""What a segment's rule needs to be told. Pure."""

from customers.states import RULES_WITH_DAYS, RULES_WITH_VISITS


def problems_of_rule(
    rule: str, *, rule_days: int | None, rule_min_visits: int | None
) -> dict[str, tuple[str, str]]:
    """Give, by field, the sentence and the code of what the rule lacks or has no use for."""
    problems = {}
    for name, value, rules in (
        ("rule_days", rule_days, RULES_WITH_DAYS),
        ("rule_min_visits", rule_min_visits, RULES_WITH_VISITS),
    ):
        if rule in rules and value is None:
            problems[name] = ("The rule needs this.", "required")
        elif rule not in rules and value is not None:
            problems[name] = ("The rule has no use for this.", "invalid")
    return problems
