"""Charts as SVG that needs no script, no font and no network, in the page's own colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pygal
from markupsafe import Markup, escape
from pygal.style import Style

_SERIES: Final = ("#4c78d8", "#e08a3c", "#3ba55d", "#b05ccf")
"""Told apart by people who see no red or green, on light and on dark ground."""

_DOTS: Final = 31
"""Up to so many days each has a dot of its own."""
_NAMES: Final = 8
_WIDE: Final = 1040
_NARROW: Final = 510
_STYLE: Final = Style(
    background="transparent",
    plot_background="transparent",
    foreground="#808080",
    foreground_strong="#808080",
    foreground_subtle="#808080",
    opacity=".85",
    opacity_hover="1",
    transition="0s",
    colors=_SERIES,
    font_family="inherit",
    label_font_size=12,
    major_label_font_size=12,
    legend_font_size=13,
    value_font_size=12,
    tooltip_font_size=12,
    no_data_font_size=16,
)


Named = Sequence[tuple[str, int]]


def lines(
    title: str, names: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], nothing: str
) -> Markup:
    """Lines over time; some of the names stand on the axis. `nothing`: for a chart without data."""
    chart = pygal.Line(
        **_common(_WIDE, 280, nothing),
        range=(0, max((*(max(values) for _, values in series), 4))),
        show_dots=len(names) <= _DOTS,
        stroke_style={"width": 2},
        x_labels_major_count=_NAMES,
        show_minor_x_labels=False,
        legend_at_bottom=True,
        legend_box_size=12,
    )
    chart.x_labels = list(names)
    for name, values in series:
        chart.add(name, list(values))
    return _drawn(chart, title)


def bars(title: str, counts: Named, nothing: str) -> Markup:
    """One bar for each name; names may be the same."""
    chart = pygal.Bar(**_common(_NARROW, 230, nothing), show_legend=False)
    chart.x_labels = [name for name, _ in counts]
    chart.add(title, [count for _, count in counts])
    return _drawn(chart, title)


def lying_bars(title: str, counts: Named, nothing: str) -> Markup:
    """The same for long names, the first on top."""
    chart = pygal.HorizontalBar(**_common(_WIDE, 60 + 34 * len(counts), nothing), show_legend=False)
    chart.x_labels = [name for name, _ in counts[::-1]]
    chart.add(title, [count for _, count in counts[::-1]])
    return _drawn(chart, title)


def _common(width: int, height: int, nothing: str) -> dict[str, Any]:
    return {
        "style": _STYLE,
        "js": [],
        "width": width,
        "height": height,
        "margin": 8,
        "disable_xml_declaration": True,
        "no_data_text": nothing,
        "min_scale": 2,
        "max_scale": 6,
        "truncate_label": -1,
        "value_formatter": "{:.0f}".format,
    }


def _drawn(chart: Any, title: str) -> Markup:
    """The drawing; what the library adds for a browser with scripts is taken out."""
    chart.add_xml_filter(_without_scripts)
    drawn = chart.render(is_unicode=True)
    return Markup(drawn.replace("<svg ", f'<svg role="img" aria-label="{escape(title)}" ', 1))


def _without_scripts(root: Any) -> Any:
    for node in list(root.iter()):
        for child in list(node):
            if not isinstance(child.tag, str) or child.tag.endswith("script"):
                node.remove(child)
    return root
