"""Backups of instances: Jobs that pack a folder, and Jobs that put one back."""
