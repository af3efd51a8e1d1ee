"""What every command gets as `ctx.obj`: where things are, how loud to be, what time it is."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ogma.cli.output import Output, Verbosity
from ogma.domain.clock import Millis

if TYPE_CHECKING:
    from ogma.domain.policies import Settings
    from ogma.settings.locations import Locations


@dataclass(frozen=True)
class Context:
    """One call of `ogma`. Nothing is read from disk before it is asked for."""

    config_option: Path | None = None
    data_option: Path | None = None
    verbosity: Verbosity = Verbosity.NORMAL
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)

    @cached_property
    def output(self) -> Output:
        """The printer."""
        return Output(self.verbosity)

    @cached_property
    def locations(self) -> Locations:
        """Where the config and the data are, and why there."""
        from ogma.settings.locations import checkout_folder, locate

        return locate(
            self.config_option,
            self.data_option,
            self.environ,
            here=Path.cwd(),
            checkout=checkout_folder(),
        )

    @property
    def config(self) -> Path:
        """The config file, which need not exist."""
        return self.locations.config

    @property
    def data(self) -> Path:
        """The data folder, which need not exist."""
        return self.locations.data

    @property
    def models(self) -> Path:
        """The folder of the embedding models, shared by all data folders."""
        from ogma.knowledge.model import models_folder

        return models_folder(self.environ)

    @cached_property
    def settings(self) -> Settings:
        """The settings; raises ConfigError where the config is missing or invalid."""
        from ogma.settings import load

        return load(self.config)

    @cached_property
    def settings_or_defaults(self) -> Settings:
        """The settings, or the shipped ones where there is no config file.

        For commands that need no server (`kb`): the Discord ids of the defaults are
        placeholders. A config file that is there must still be valid.
        """
        from ogma.settings import load_or_defaults

        return load_or_defaults(self.locations)

    def now(self) -> Millis:
        """The machine's time."""
        return time.time_ns() // 1_000_000
