"""S4, P37, P38: a wrong config is refused with file, key, line, found, allowed, nearest."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.domain.policies import Intake
from ogma.errors import ConfigError
from ogma.settings import default_settings, load, load_or_defaults, parse
from ogma.settings.locations import Locations
from tests.settings.conftest import RIGHT

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4" + ".GabcDE." + "abcdefghijklmnopqrstuvwxyz0123456789ab"


def faults(text: str) -> list[str]:
    """The sentences about this text, without the file's name."""
    with pytest.raises(ConfigError) as caught:
        parse(text, "config.toml")
    said = caught.value.problems or (str(caught.value),)
    return [sentence.removeprefix("config.toml").removeprefix(", ") for sentence in said]


def test_a_right_config_becomes_policies(config: Path) -> None:
    """S4: ids may be bare or quoted; what is not set has its default."""
    settings = load(config)
    assert settings.discord.guild == 123456789012345678
    assert settings.channels.panel == 21
    assert [kind.id for kind in settings.types] == ["general", "billing"]
    assert settings.types[0].intake is Intake.BOTH
    assert settings.ai.staff_cooldown_minutes == 30


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'engine = "extractive"',
            'engine = "olama"',
            'line 23: ai.engine is "olama"; allowed is one of "ollama", "extractive";'
            ' did you mean "ollama"?',
        ),
        (
            'engine = "extractive"',
            'engin = "extractive"',
            'line 23: there is no setting ai.engin; did you mean "engine"?',
        ),
        (
            "[ai]",
            "[aii]",
            'line 22: there is no setting aii; did you mean "ai"?',
        ),
        (
            "panel = 21",
            'panel = "open-a-ticket"',
            'line 8: channels.panel is "open-a-ticket"; allowed is a Discord id: digits, bare or'
            " in quotes.",
        ),
        (
            "panel = 21",
            "panel = true",
            "line 8: channels.panel is true; allowed is a Discord id: digits, bare or in quotes.",
        ),
        (
            "panel = 21\n",
            "",
            "line 7: channels.panel is missing; it is a Discord id: digits, bare or in quotes.",
        ),
        (
            "category = 32",
            'category = 32\nmax_open = "3"',
            'line 21: types.billing.max_open is "3"; allowed is a whole number from 0 to 100.',
        ),
        (
            "category = 32",
            "category = 32\nstaff_roles = 7",
            "line 21: types.billing.staff_roles is 7; allowed is a list, each entry a Discord id:"
            " digits, bare or in quotes.",
        ),
        (
            'id = "billing"',
            'id = "Billing!"',
            'line 18: types.1.id is "Billing!"; allowed is at most 32 of a-z, 0-9, - and _, not'
            " starting with - or _.",
        ),
        (
            'id = "billing"',
            'id = "general"',
            'line 18: the type id "general" is given twice; every type needs an id of its own.',
        ),
        (
            'label = "Billing"',
            f'label = "{"x" * 81}"',
            f'line 19: types.billing.label is "{"x" * 56}... (81 characters); allowed is text in'
            " quotes, 1 to 80 characters.",
        ),
        ('label = "Billing"', 'label = "  "', "line 19: types.billing.label is blank."),
        (
            'label = "Billing"',
            'label = "Billing"\nemoji = ":money:"',
            'line 20: types.billing.emoji is ":money:"; allowed is one emoji character, or'
            ' "<:name:id>" for one of the server\'s own.',
        ),
        (
            "[ai]",
            "[ai]\nthreshold = nan",
            "line 23: ai.threshold is NaN; allowed is a number from 0 to 1.",
        ),
        (
            "[ai]",
            "[ai]\nburst_max_s = 1979-05-27",
            "line 23: ai.burst_max_s is 1979-05-27; allowed is a number from 0 to 300.",
        ),
        (
            "[ai]",
            "[ai]\nenabled = 'no'",
            'line 23: ai.enabled is "no"; allowed is true or false.',
        ),
        (
            "[ai]",
            "[ai]\nburst_quiet_s = 20",
            "line 22: ai.burst_max_s is 15, less than ai.burst_quiet_s (20); it must be at least"
            " that.",
        ),
        (
            "[ai]",
            "[inactivity]\nwarn_days_before = 3\nclose_after_days = 3\n[ai]",
            "line 23: inactivity.warn_days_before is 3; it must be less than"
            " inactivity.close_after_days (3).",
        ),
        (
            "[ai]",
            "[texts]\n'button.humann' = 'x'\n[ai]",
            "line 23: There is no text 'button.humann'; did you mean 'button.human'?",
        ),
        (
            "[ai]",
            "[texts]\nbutton.human = 'Ask {person}'\n[ai]",
            "line 23: The text 'button.human' has no placeholder {person}; it takes none.",
        ),
        (
            "[ai]",
            "[ollama]\nurl = 'localhost:11434'\n[ai]",
            'line 23: ollama.url is "localhost:11434"; allowed is an address such as'
            ' "http://127.0.0.1:11434".',
        ),
        (
            "[ai]",
            "[ollama]\nmodel = 'big:cloud'\n[ai]",
            'line 23: ollama.model is "big:cloud", which would send tickets to a cloud service;'
            " choose a local model, or set ollama.allow_cloud = true.",
        ),
        (
            "[ai]",
            "[roles]\nstaff = [123456789012345678]\n[ai]",
            "line 23: roles.staff names the server's own id, which is the role @everyone: every"
            " member would count as staff or be pinged; name a role of the team.",
        ),
        (
            "transcripts = 23",
            "transcripts = 21",
            "line 10: channels.transcripts is the panel's channel, which every member reads; name"
            " a channel that only staff see.",
        ),
        ('language = "en"', 'language = "xx"', "line 1: There are no texts in 'xx'; there are"),
    ],
)
def test_one_fault_is_one_sentence(old: str, new: str, said: str) -> None:
    """S4: place, found, allowed and the nearest name, for each kind of fault."""
    assert old in RIGHT
    [sentence] = faults(RIGHT.replace(old, new, 1))
    assert sentence.startswith(said)
    assert sentence == said or said.startswith("line 1:")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RIGHT + "[ai]\n", "line 24: this key or table was set before; keep one of the two."),
        (
            RIGHT.replace("panel = 21", "panel = 21\npanel = 22"),
            "line 9: this key or table was set before; keep one of the two.",
        ),
        (RIGHT + "passages", "line 24: this is not valid TOML: "),
        (RIGHT + "passages = [1,\n2", "line 25: this is not valid TOML: "),
        (RIGHT.replace('"en"', '"en'), "line 1: this is not valid TOML: "),
        (RIGHT.replace("[channels]", "[channels"), "line 7: this is not valid TOML: "),
    ],
)
def test_what_is_no_toml_is_named_with_its_line(text: str, said: str) -> None:
    """P37: duplicate key, truncated file, unfinished string."""
    [sentence] = faults(text)
    assert sentence.startswith(said)


def test_all_faults_are_told_at_once_in_the_order_of_the_lines() -> None:
    """S4: no fault hides another, also not between tables that are right by themselves."""
    wrong = (
        RIGHT.replace('guild = "123456789012345678"', 'guild = "mine"')
        .replace('id = "billing"', 'id = "general"')
        .replace('engine = "extractive"', 'engine = 5\nfoo = "bar"')
    )
    said = faults(wrong)
    assert [sentence.split(":")[0] for sentence in said] == [
        "line 5",
        "line 18",
        "line 23",
        "line 24",
    ]


@pytest.mark.parametrize("missing", ["discord", "channels"])
def test_a_missing_table_is_named_with_what_it_needs(missing: str) -> None:
    """S4."""
    said = faults(RIGHT.replace(f"[{missing}]", "[roles]\n[logging]").replace("guild", "# guild"))
    assert any(f"the table [{missing}] is missing; it needs" in sentence for sentence in said)


def test_no_type_no_enabled_type_and_too_many_types_are_refused() -> None:
    """O1: at least one enabled type, and no more than a dropdown takes."""
    before, _ = RIGHT.split("[[types]]", 1)
    tail = "[ai]\n"
    assert faults(before + tail) == [
        ": there is no [[types]] table; at least one is needed, with id, label, category."
    ]
    assert faults(RIGHT.replace("category = 3", "enabled = false\ncategory = 3")) == [
        "line 12: no ticket type is enabled; at least one must be."
    ]
    many = "".join(
        f'[[types]]\nid = "t{n}"\nlabel = "T"\ncategory = 9\nenabled = {str(n < 26).lower()}\n'
        for n in range(30)
    )
    assert faults(before + many) == [
        "line 12: 26 ticket types are enabled; Discord's dropdown takes 25."
    ]
    assert len(parse(before + many.replace("true", "false", 1), "c").types) == 30


@pytest.mark.parametrize("text", [RIGHT.replace("\n", "\r\n"), "\ufeff" + RIGHT])
def test_line_ends_and_byte_order_mark_do_not_matter(tmp_path: Path, text: str) -> None:
    """P37: CRLF and BOM, also for the line numbers."""
    path = tmp_path / "config.toml"
    path.write_bytes(text.encode("utf-8"))
    assert load(path).ai.engine == "extractive"
    path.write_bytes(text.replace("extractive", "x").encode("utf-8"))
    with pytest.raises(ConfigError, match=r"line 23: ai.engine"):
        load(path)


def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    """P38: absent, empty, a folder, not UTF-8."""
    path = tmp_path / "config.toml"
    with pytest.raises(ConfigError, match=r"no config file .*'ogma init'.*--config"):
        load(path)
    path.write_bytes(b" \n")
    with pytest.raises(ConfigError, match="is empty"):
        load(path)
    path.write_bytes(b"a = 1\nb = '\xff'\n")
    with pytest.raises(ConfigError, match="line 2: this is not UTF-8"):
        load(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(ConfigError, match=r"Cannot read the config file .*: Is a directory"):
        load(path)


@pytest.mark.parametrize("place", ['label = "General"', 'id = "general"', 'engine = "extractive"'])
def test_a_token_in_the_config_is_refused_and_never_repeated(place: str) -> None:
    """U3: the sentence names the place and not the token."""
    key = place.split(" ", maxsplit=1)[0]
    said = faults(RIGHT.replace(place, f'{key} = "{TOKEN}"'))
    assert any("holds a bot token" in sentence for sentence in said)
    assert TOKEN not in str(said)


def test_a_token_under_an_unknown_key_is_not_repeated() -> None:
    """U3."""
    said = faults(RIGHT.replace("[channels]", f'token = "{TOKEN}"\n[channels]'))
    assert said == [
        "line 7: discord.token holds a bot token; a config is shared, so keep the token in"
        " OGMA_DISCORD_TOKEN or in the token file, and reset it if others saw this one."
    ]


def test_defaults_serve_where_no_config_was_named(tmp_path: Path, config: Path) -> None:
    """A knowledge base needs no server; a config that was named must be there."""
    absent = tmp_path / "absent.toml"
    found = Locations(absent, "the user's config folder", tmp_path, "--data")
    assert load_or_defaults(found) == default_settings()
    with pytest.raises(ConfigError, match="There is no config file"):
        load_or_defaults(Locations(absent, "--config", tmp_path, "--data"))
    there = Locations(config, "the current folder", tmp_path, "--data")
    assert load_or_defaults(there).ai.engine == "extractive"


@given(st.text(alphabet="[]{}=\"'\\\n\r\tab1.,#-é\u2028\x85\x00", max_size=60))
def test_any_text_is_settings_or_a_config_error(text: str) -> None:
    """P37: whatever stands in the file, the answer is a sentence."""
    with pytest.raises(ConfigError):
        parse(text, "config.toml")
    with pytest.raises(ConfigError):
        parse(f"{RIGHT}\n[{text}", "config.toml")
