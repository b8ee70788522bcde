"""Run a benchmark with the settings of the environment: `python -m benchmarks.inside MODULE FUNCTION ARGUMENT…`."""

import sys
from importlib import import_module

import django

if __name__ == "__main__":
    django.setup()
    module, function, *arguments = sys.argv[1:]
    getattr(import_module(f"benchmarks.inside.{module}"), function)(*arguments)
