from core.api.filters import StrictFilterSet, TrueOrFalseFilter


class ClassTypeFilters(StrictFilterSet):
    is_premium = TrueOrFalseFilter()
