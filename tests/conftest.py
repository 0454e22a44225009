"""Fixtures and rules that all tests share; each part has its own file."""

pytest_plugins = ["pytester", "tests.requirements", "tests.servers", "tests.ledgers", "tests.kubelab"]
