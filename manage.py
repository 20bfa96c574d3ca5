#!/usr/bin/env python3
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gymtastic.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here: run `./gym run`, or activate the environment.")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
