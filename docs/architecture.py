"""Writes docs/architecture.svg: every module of the project in its room, drawn from the folders as they are.

Run it as `python docs/architecture.py` after adding, moving or removing a module; a test compares the file with the
folders.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "architecture.svg"

# From the top down: a floor may import from the floors below it, never from those above.
FLOORS = {"ui": "what people and programs see", "qa": "question → evidence → answer", "index": "articles → sentences"}

WIDTH, MARGIN, GAP = 1080, 24, 14
ROOM_WIDTH = (WIDTH - 2 * MARGIN - 2 * GAP - 2 * 18) // 3
LINE, HEAD, FLOOR_HEAD = 17, 44, 46
LETTER = 6.65  # the width of a letter of the module names, in pixels
CAPTION = 50  # letters of a room's caption
PAPER, INK, SOFT, RULE, ROOM = "#faf8f3", "#1d1b16", "#5f5a4e", "#d9d1bd", "#fffdf8"


@dataclass(frozen=True)
class Room:
    """A folder of modules: its path below the floor, "" for the floor itself, its caption, and the modules' names."""

    path: str
    caption: str
    modules: tuple[str, ...]


def read_rooms(floor: str) -> list[Room]:
    """Return the rooms of a floor: first the modules that lie in no folder, then each folder by name."""
    rooms = []
    for folder in [ROOT / floor, *sorted(path for path in (ROOT / floor).rglob("*") if path.is_dir())]:
        modules = tuple(sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("__")))
        if modules:
            about = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
            caption = about.partition(":")[0].partition(". ")[0].rstrip(".")
            rooms.append(Room(folder.relative_to(ROOT / floor).as_posix().replace(".", ""), caption, modules))
    return rooms


def wrap_names(names: tuple[str, ...], width: float) -> list[str]:
    """Return the names in lines of at most `width` pixels, two spaces apart."""
    lines = [""]
    for name in names:
        longer = f"{lines[-1]}  {name}".strip()
        if len(longer) * LETTER > width and lines[-1]:
            lines.append(name)
        else:
            lines[-1] = longer
    return lines


def draw_room(room: Room, floor: str, x: float, y: float, width: float, height: float) -> str:
    """Return one room as SVG."""
    name = f"{floor}/{room.path}/" if room.path else f"{floor}/"
    caption = room.caption if len(room.caption) <= CAPTION else f"{room.caption[: CAPTION - 1].rstrip()}…"
    below = y + HEAD + (10 if room.path else -5)  # a floor's own modules need no caption
    lines = "".join(
        f'<text x="{x + 12}" y="{below + i * LINE}" class="module" xml:space="preserve">{escape(line)}</text>'
        for i, line in enumerate(wrap_names(room.modules, width - 24))
    )
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="7" fill="{ROOM}" stroke="{RULE}"/>'
        f'<text x="{x + 12}" y="{y + 19}" class="room">{escape(name)}</text>'
        f'<text x="{x + 12}" y="{y + 35}" class="caption">{escape(caption) if room.path else ""}</text>{lines}'
    )


def draw_floor(floor: str, about: str, y: float) -> tuple[str, float]:
    """Return one floor as SVG, and where it ends."""
    inner = WIDTH - 2 * MARGIN - 36
    first, *folders = read_rooms(floor)
    x, top = MARGIN + 18, y + FLOOR_HEAD
    parts = []
    height = HEAD - 6 + LINE * len(wrap_names(first.modules, inner - 24))
    parts.append(draw_room(first, floor, x, top, inner, height))
    top += height + GAP
    for row in (folders[i : i + 3] for i in range(0, len(folders), 3)):
        tallest = HEAD + 6 + LINE * max(len(wrap_names(room.modules, ROOM_WIDTH - 24)) for room in row)
        parts += [
            draw_room(room, floor, x + i * (ROOM_WIDTH + GAP), top, ROOM_WIDTH, tallest) for i, room in enumerate(row)
        ]
        top += tallest + GAP
    end = top + 4
    frame = (
        f'<rect x="{MARGIN}" y="{y}" width="{WIDTH - 2 * MARGIN}" height="{end - y}" rx="10" '
        f'fill="none" stroke="{INK}"/>'
        f'<text x="{MARGIN + 18}" y="{y + 29}" class="floor">{floor}</text>'
        f'<text x="{MARGIN + 92}" y="{y + 29}" class="about">{escape(about)}</text>'
    )
    return frame + "".join(parts), end


def draw_picture() -> str:
    """Return the whole picture as SVG."""
    parts, y = [], float(MARGIN)
    for i, (floor, about) in enumerate(FLOORS.items()):
        if i:
            parts.append(
                f'<path d="M{WIDTH / 2} {y}v26m-5 -8l5 8l5 -8" fill="none" stroke="{INK}" stroke-width="1.5"/>'
                f'<text x="{WIDTH / 2 + 14}" y="{y + 18}" class="caption">imports, never the other way round</text>'
            )
            y += 32
        drawn, y = draw_floor(floor, about, y)
        parts.append(drawn)
    height = y + MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:g}" viewBox="0 0 {WIDTH} {height:g}" '
        'role="img" aria-label="The modules of On the Record, floor by floor">\n<style>'
        f"text {{ font-family: system-ui, 'Segoe UI', Roboto, sans-serif; fill: {INK}; }} "
        ".floor { font-size: 20px; font-weight: 700; } .about { font-size: 14px; } "
        f".room {{ font-size: 14px; font-weight: 600; }} .caption {{ font-size: 12px; fill: {SOFT}; }} "
        ".module { font: 11px ui-monospace, 'DejaVu Sans Mono', Menlo, monospace; }"
        f'</style>\n<rect width="{WIDTH}" height="{height:g}" rx="12" fill="{PAPER}"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


if __name__ == "__main__":
    PICTURE.write_text(draw_picture(), encoding="utf-8")
