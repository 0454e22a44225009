"""Fixtures and rules that all tests share; each part has its own file."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)  # an example that takes long on a busy machine proves nothing
settings.load_profile("patient")

pytest_plugins = ["pytester", "tests.requirements", "tests.servers", "tests.ledgers", "tests.kubelab"]
