"""Pictures in a terminal that can show them: kitty graphics, iTerm2's inline images, or sixel."""

import base64
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from PIL import Image
from rich.console import Console
from rich.text import Text

from scenario_mcp.picture_formats import PNG
from scenario_mcp.terminal.query import ask_terminal
from scenario_mcp.terminal.thumbnails import flat, thumbnail
from scenario_mcp.text import clean

# A query with one pixel that is not shown (kitty), the terminal's name, the size of a character cell in pixels.
_QUESTION = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\" + "\x1b[>q" + "\x1b[16t"
_KITTY_ANSWER = b"\x1b_Gi=31;OK\x1b\\"
_NAME_ANSWER = re.compile(rb"\x1bP>\|([^\x1b]*)\x1b\\")
_CELL_ANSWER = re.compile(rb"\x1b\[6;(\d{1,4});(\d{1,4})t")
_ATTRIBUTES_ANSWER = re.compile(rb"\x1b\[\?([\d;]*)c")
_SIXEL_ATTRIBUTE = b"4"
_ITERM2_NAMES = (b"iTerm2", b"WezTerm", b"mintty")
_CELL_SIZE = (10, 20)
_CELL_SIDES = range(4, 129)

_PER_ROW = 5
_MIN_COLUMNS = 10
_MAX_ROWS = 9
_GAP = 2
_KITTY_CHUNK = 4096


class Protocol(Enum):
    """A protocol by which terminals take pictures."""

    KITTY = auto()
    ITERM2 = auto()
    SIXEL = auto()


@dataclass(frozen=True, slots=True)
class PictureTerminal:
    """A terminal that shows pictures. A character cell is `cell_width` x `cell_height` pixels."""

    console: Console
    protocol: Protocol
    cell_width: int
    cell_height: int

    def show(self, pictures: Sequence[tuple[str, bytes]]) -> None:
        """Print rows of up to five pictures, nine lines high at most, each above its caption.

        `pictures` are captions and their bytes. What cannot be decoded is left blank.
        """
        width = self.console.width
        per_row = max(1, min(_PER_ROW, (width + _GAP) // (_MIN_COLUMNS + _GAP)))
        columns = min((width + _GAP) // per_row - _GAP, _MAX_ROWS * self.cell_height // self.cell_width)
        for start in range(0, len(pictures), per_row):
            self._show_row(pictures[start : start + per_row], max(1, columns))

    def _show_row(self, pictures: Sequence[tuple[str, bytes]], columns: int) -> None:
        rows = max(1, columns * self.cell_width // self.cell_height)
        # Empty lines come first: at the bottom of the screen each terminal would scroll a picture in its own way.
        parts = ["\n" * (rows + 1), f"\x1b[{rows + 1}A"]
        for place, (_, data) in enumerate(pictures):
            picture = thumbnail(data, columns * self.cell_width, rows * self.cell_height)
            if picture is not None:
                to_the_right = f"\x1b[{place * (columns + _GAP)}C" if place else ""
                parts += ["\x1b7", to_the_right, self._encode(picture, columns, rows), "\x1b8"]
        parts.append(f"\x1b[{rows}B")
        self.console.file.write("".join(parts))
        line = Text()
        for caption, _ in pictures:
            cell = Text(clean(caption, 2 * columns))
            cell.truncate(columns, overflow="ellipsis", pad=True)
            line.append_text(cell).append(" " * _GAP)
        line.rstrip()
        self.console.print(line, soft_wrap=True)

    def _encode(self, picture: Image.Image, columns: int, rows: int) -> str:
        """Return the escape sequence that draws the picture from the cursor on, within that many cells."""
        if self.protocol is Protocol.SIXEL:
            # Private, but pure: the package's public modules query the terminal on import.
            from textual_image._sixel import image_to_sixels

            return image_to_sixels(flat(picture))
        tile = Image.new("RGBA", (columns * self.cell_width, rows * self.cell_height))
        tile.paste(picture)
        file = io.BytesIO()
        tile.save(file, PNG.pillow_name)
        png = file.getvalue()
        text = base64.b64encode(png).decode()
        if self.protocol is Protocol.ITERM2:
            return f"\x1b]1337;File=inline=1;size={len(png)};width={columns};height={rows}:{text}\a"
        return "".join(_kitty_chunks(text, columns, rows))


def find_picture_terminal(console: Console, environ: Mapping[str, str]) -> PictureTerminal | None:
    """Ask the console's terminal which pictures it can show; return None if it shows none or cannot be asked.

    It takes at most `query.TIMEOUT_SECONDS`. Call it before anything else reads from the terminal.
    """
    answer = ask_terminal(_QUESTION, console.file, environ)
    protocol = _protocol(answer)
    return None if protocol is None else PictureTerminal(console, protocol, *_cell_size(answer))


def _protocol(answer: bytes) -> Protocol | None:
    name = _NAME_ANSWER.search(answer)
    if name and name[1].startswith(_ITERM2_NAMES):
        return Protocol.ITERM2
    if _KITTY_ANSWER in answer:
        return Protocol.KITTY
    attributes = _ATTRIBUTES_ANSWER.search(answer)
    return Protocol.SIXEL if attributes and _SIXEL_ATTRIBUTE in attributes[1].split(b";") else None


def _cell_size(answer: bytes) -> tuple[int, int]:
    """Return a cell's width and height in pixels; those of the VT340 if the answer has no plausible ones."""
    cell = _CELL_ANSWER.search(answer)
    height, width = map(int, cell.groups()) if cell else (0, 0)
    return (width, height) if width in _CELL_SIDES and height in _CELL_SIDES else _CELL_SIZE


def _kitty_chunks(text: str, columns: int, rows: int) -> Iterator[str]:
    control = f"a=T,f=100,c={columns},r={rows},C=1,q=2,"
    for start in range(0, len(text), _KITTY_CHUNK):
        is_last = start + _KITTY_CHUNK >= len(text)
        yield f"\x1b_G{control}m={0 if is_last else 1};{text[start : start + _KITTY_CHUNK]}\x1b\\"
        control = ""
