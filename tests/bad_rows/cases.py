import pytest


def bad(rule, words, write, /, **values):
    return pytest.param(rule, lambda: write(**values), id=words)
