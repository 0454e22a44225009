"""Fixtures and rules that all tests share; each part has its own file."""

import os

from hypothesis import settings

settings.register_profile("patient", deadline=None)  # an example that takes long on a busy machine proves nothing
settings.register_profile("again", settings.get_profile("patient"), derandomize=True)  # CI is no place to explore
settings.load_profile("again" if "CI" in os.environ else "patient")

pytest_plugins = ["pytester", "tests.requirements", "tests.servers", "tests.ledgers", "tests.kubelab"]
