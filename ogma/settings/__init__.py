"""config.toml and the folders: TOML in, typed frozen policies out."""

from __future__ import annotations
