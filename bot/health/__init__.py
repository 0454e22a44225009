"""Health over HTTP: /livez for restarts, /readyz for traffic, /health for people, /metrics for Prometheus."""

from bot.health.health import Health
from bot.health.server import serve_health

__all__ = ["Health", "serve_health"]
