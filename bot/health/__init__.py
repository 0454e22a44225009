"""Health over HTTP: /livez for restarts, /readyz for traffic, /health for people, /metrics for Prometheus."""

from bot.health.health import Health, Parts
from bot.health.server import serving_health

__all__ = ["Health", "Parts", "serving_health"]
