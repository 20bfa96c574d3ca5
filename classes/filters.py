import django_filters

from core.api.filters import TrueOrFalseFilter


class ClassTypeFilters(django_filters.FilterSet):
    is_premium = TrueOrFalseFilter()
