"""Pictures in the terminal: which way it takes them, and what is drawn where."""

import base64
import io
import json
import re
import sys

import pytest
from PIL import Image
from rich.console import Console

from scenario_mcp.terminal.pictures import PictureTerminal, Protocol, find_picture_terminal
from scenario_mcp.terminal.thumbnails import BACKGROUND
from tests.support.terminals import ITERM2, KITTY, NO_PICTURES, SIXEL, run_in_terminal

FINDING = """
import json, sys
from rich.console import Console
from scenario_mcp.terminal.pictures import find_picture_terminal
terminal = find_picture_terminal(Console(), {"TERM": "xterm-256color"})
found = terminal and [terminal.protocol.name, terminal.cell_width, terminal.cell_height]
sys.stderr.write(json.dumps(found))
"""
SEQUENCES = {
    Protocol.KITTY: re.compile(r"(?:\x1b_G[^\x1b]*\x1b\\)+"),
    Protocol.ITERM2: re.compile(r"\x1b\]1337;[^\x07]*\x07"),
    Protocol.SIXEL: re.compile(r"\x1bP[^\x1b]*\x1b\\"),
}
RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def picture(width: int, height: int, left: tuple[int, ...], right: tuple[int, ...], mode: str = "RGB") -> bytes:
    """A PNG of two colours, side by side."""
    image = Image.new(mode, (width, height), left)
    image.paste(right, (width // 2, 0, width, height))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def show(protocol: Protocol, *pictures: tuple[str, bytes], width: int = 100) -> str:
    file = io.StringIO()
    PictureTerminal(Console(file=file, width=width), protocol, 10, 20).show(pictures)
    return file.getvalue()


def only_picture(protocol: Protocol, data: bytes) -> str:
    (sequence,) = SEQUENCES[protocol].findall(show(protocol, ("A picture", data)))
    return str(sequence)


def decode_sixel(sequence: str) -> Image.Image:
    """Draw what a VT340 would; what no sixel covers is black."""
    size = re.search(r'"1;1;(\d+);(\d+)', sequence)
    assert size
    image = Image.new("RGB", (int(size[1]), int(size[2])))
    colours: dict[str, tuple[int, ...]] = {}
    x = top = 0
    colour = ""
    for number, red, green, blue, repeat, sixel, control in re.findall(
        r"#(\d+)(?:;2;(\d+);(\d+);(\d+))?|(?:!(\d+))?([?-~])|([$-])", sequence[size.end() : -2]
    ):
        if number:
            colour = number
            if red:
                colours[number] = tuple(int(percent) * 255 // 100 for percent in (red, green, blue))
        elif sixel:
            for column in range(x, x + int(repeat or 1)):
                for row in range(6):
                    if (ord(sixel) - 63) >> row & 1:
                        image.putpixel((column, top + row), colours[colour])
            x += int(repeat or 1)
        else:
            x, top = 0, top + 6 * (control == "-")
    return image


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (KITTY, ["KITTY", 10, 20]),
        (ITERM2, ["ITERM2", 10, 20]),
        (SIXEL, ["SIXEL", 10, 20]),
        (b"\x1b_Gi=31;OK\x1b\\\x1bP>|WezTerm 20240203\x1b\\\x1b[6;32;15t\x1b[?65;4c", ["ITERM2", 15, 32]),
        (b"\x1b[6;0;0t\x1b[?62;4c", ["SIXEL", 10, 20]),
        (b"\x1b[6;9999;1t\x1b[?62;4c", ["SIXEL", 10, 20]),
        (b"\x1b[?62;4c", ["SIXEL", 10, 20]),
        (b"\x1b[?64;1;2;14;22;44c", None),
        (b"\x1b_Gi=31;ENOTSUP:no\x1b\\\x1b[?62;c", None),
        (NO_PICTURES, None),
    ],
)
def test_a_terminal_is_believed_what_it_answers(answer: bytes, found: list[str | int] | None) -> None:
    assert json.loads(run_in_terminal(FINDING, answers=[answer]).errors) == found


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_a_terminal_that_never_answers_gets_no_pictures() -> None:
    assert run_in_terminal(FINDING).errors == "null"


def test_a_file_gets_no_pictures() -> None:
    file = io.StringIO()
    assert find_picture_terminal(Console(file=file, force_terminal=True), {"TERM": "xterm-kitty"}) is None
    assert file.getvalue() == ""


@pytest.mark.parametrize("protocol", Protocol)
def test_pictures_stand_in_rows_above_their_captions(protocol: Protocol) -> None:
    data = picture(64, 64, RED, BLUE)
    pictures = [(f"Picture {number}", data) for number in range(1, 8)]
    drawn = SEQUENCES[protocol].sub("<picture>", show(protocol, *pictures))
    first = "".join(f"\x1b7\x1b[{column}C<picture>\x1b8" for column in (20, 40, 60, 80))
    assert drawn == (
        "\n" * 10
        + "\x1b[10A\x1b7<picture>\x1b8"
        + first
        + "\x1b[9BPicture 1           Picture 2           Picture 3           Picture 4           Picture 5\n"
        + "\n" * 10
        + "\x1b[10A\x1b7<picture>\x1b8\x1b7\x1b[20C<picture>\x1b8\x1b[9BPicture 6           Picture 7\n"
    )


@pytest.mark.parametrize(
    ("width", "columns", "rows", "per_row"),
    [(300, 18, 9, 5), (100, 18, 9, 5), (80, 14, 7, 5), (50, 11, 5, 4), (20, 18, 9, 1), (8, 8, 4, 1), (1, 1, 1, 1)],
)
def test_they_become_smaller_and_fewer_with_the_terminal(width: int, columns: int, rows: int, per_row: int) -> None:
    drawn = show(Protocol.ITERM2, *[("", picture(8, 8, RED, BLUE))] * 5, width=width)
    assert set(re.findall(r"width=(\d+);height=(\d+):", drawn)) == {(str(columns), str(rows))}
    assert drawn.startswith("\n" * (rows + 1) + "\x1b[")
    assert drawn.count(f"\x1b[{rows + 1}A") == -(-5 // per_row)


def test_kitty_gets_a_png_of_the_cells_in_chunks_and_moves_no_cursor() -> None:
    noise = io.BytesIO()
    Image.effect_noise((300, 150), 90).save(noise, "PNG")
    chunks = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", only_picture(Protocol.KITTY, noise.getvalue()))
    assert [control for control, _ in chunks] == [
        "a=T,f=100,c=18,r=9,C=1,q=2,m=1",
        *["m=1"] * (len(chunks) - 2),
        "m=0",
    ]
    assert len(chunks) > 2
    assert {len(text) for _, text in chunks[:-1]} == {4096}
    drawn = Image.open(io.BytesIO(base64.b64decode("".join(text for _, text in chunks))))
    assert (drawn.format, drawn.mode, drawn.size) == ("PNG", "RGBA", (180, 180))
    assert drawn.getbbox() == (0, 0, 180, 90)


def test_a_picture_of_one_chunk_says_at_once_that_it_is_the_last() -> None:
    sequence = only_picture(Protocol.KITTY, picture(10, 10, RED, RED))
    assert sequence.startswith("\x1b_Ga=T,f=100,c=18,r=9,C=1,q=2,m=0;")


def test_iterm2_gets_a_png_of_the_cells_with_its_size_in_bytes() -> None:
    match = re.fullmatch(
        r"\x1b\]1337;File=inline=1;size=(\d+);width=18;height=9:([^\x07]*)\x07",
        only_picture(Protocol.ITERM2, picture(360, 180, GREEN, BLUE)),
    )
    assert match
    png = base64.b64decode(match[2])
    assert len(png) == int(match[1])
    drawn = Image.open(io.BytesIO(png))
    assert (drawn.size, drawn.getbbox()) == ((180, 180), (0, 0, 180, 90))
    assert [drawn.getpixel((x, 45)) for x in (1, 178)] == [(*GREEN, 255), (*BLUE, 255)]


def test_sixel_draws_the_picture_and_nothing_beyond_its_cells() -> None:
    drawn = decode_sixel(only_picture(Protocol.SIXEL, picture(360, 180, GREEN, BLUE)))
    assert drawn.size == (180, 90)
    assert {drawn.getpixel((x, y)) for x in (0, 88) for y in (0, 44, 89)} == {GREEN}
    assert {drawn.getpixel((x, y)) for x in (92, 179) for y in (0, 44, 89)} == {BLUE}


def test_sixel_shows_what_is_transparent_as_dark_grey() -> None:
    drawn = decode_sixel(only_picture(Protocol.SIXEL, picture(180, 180, (0, 0, 0, 0), (*RED, 255), "RGBA")))
    pixel = drawn.getpixel((40, 40))
    assert isinstance(pixel, tuple)
    assert all(abs(seen - wanted) <= 3 for seen, wanted in zip(pixel, BACKGROUND, strict=True))
    assert drawn.getpixel((140, 40)) == RED


def test_small_pictures_are_enlarged_to_fill_their_place() -> None:
    assert decode_sixel(only_picture(Protocol.SIXEL, picture(16, 32, RED, BLUE))).size == (90, 180)


@pytest.mark.parametrize("data", [b"", b"nothing", picture(40, 40, RED, BLUE)[:60], b"<svg xmlns='x'/>"])
def test_what_cannot_be_decoded_is_left_blank(data: bytes) -> None:
    drawn = show(Protocol.KITTY, ("Broken", data), ("Whole", picture(4, 4, RED, RED)))
    assert SEQUENCES[Protocol.KITTY].sub("<picture>", drawn) == (
        "\n" * 10 + "\x1b[10A\x1b7\x1b[20C<picture>\x1b8\x1b[9BBroken              Whole\n"
    )


@pytest.mark.parametrize(
    ("caption", "shown"),
    [
        ("Ser\x1b[2J \x1b]0;title\x07Aldric", "Ser[2J ]0;titleAl…"),
        ("[red]Dragon[/red]", "[red]Dragon[/red]"),
        (":skull: a\nb", ":skull: a b"),
        ("龍の城 with a very long name", "龍の城 with a ver…"),
        ("", ""),
    ],
)
def test_a_caption_is_one_line_of_plain_text_in_its_column(caption: str, shown: str) -> None:
    drawn = show(Protocol.KITTY, (caption, b""))
    assert drawn.removeprefix("\n" * 10 + "\x1b[10A\x1b[9B") == f"{shown}\n"


def test_wide_characters_leave_the_next_caption_in_its_column() -> None:
    assert show(Protocol.KITTY, ("龍の城", b""), ("Next", b"")).endswith("龍の城" + " " * 14 + "Next\n")


def test_the_private_sixel_encoder_is_as_the_terminal_room_needs_it() -> None:
    told = (
        "textual_image._sixel has changed, on which scenario_mcp/terminal/pictures.py leans: keep the bound on "
        "textual-image in pyproject.toml below this version, or adapt `PictureTerminal._encode`."
    )
    try:
        from textual_image._sixel import image_to_sixels
    except ImportError as error:
        raise AssertionError(told) from error
    sixels = image_to_sixels(Image.new("RGB", (2, 2)))
    assert isinstance(sixels, str), told
    assert sixels.startswith("\x1bP"), told
    assert sixels.endswith("\x1b\\"), told
