"""config.toml and the folders: TOML in, typed frozen policies out."""

from __future__ import annotations

from ogma.settings.load import default_settings, load, load_or_defaults, parse

__all__ = ["default_settings", "load", "load_or_defaults", "parse"]
