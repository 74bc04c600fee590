# /// script
# requires-python = ">=3.11"
# dependencies = ["mcp>=2.3,<3", "pillow>=11.3,<13"]
# ///
"""Makes a mood board: for each theme a row of pictures, found by meaning and by likeness, then the colours of all.

Run: uv run examples/mood_board.py "forest path" "snowy mountains" "warm lantern light" (once before: uv tool install .)
"""

import base64
import io
import sys

import anyio
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from PIL import Image

SERVER = StdioServerParameters(command="scenario-mcp", args=["--sandbox"])
PICTURES = "kind = image AND nsfw IS EMPTY"
WIDTH, GAP, COLOURS, BAND = 1600, 12, 8, 90


async def main(themes: list[str]) -> None:
    """Find and draw a row for each theme, and save the board."""
    rows = []
    async with Client(stdio_client(SERVER)) as scenario:
        for theme in themes:
            by_meaning = {"query": theme, "querySemanticRatio": 0.7, "filter": PICTURES, "limit": 2}
            hits = (await scenario.call_tool("search_assets", by_meaning)).structured_content["hits"]
            by_likeness = {"image": hits[0]["id"], "filter": PICTURES, "limit": 3}
            hits += (await scenario.call_tool("search_assets", by_likeness)).structured_content["hits"]
            names = {hit["id"]: hit["name"] for hit in hits}
            print(f"{theme}:", *names.values(), sep="\n  - ")
            seen = await scenario.call_tool("view_assets", {"assetIds": [*names], "size": 512})
            pictures = [base64.b64decode(block.data) for block in seen.content if block.type == "image"]
            rows.append(side_by_side([Image.open(io.BytesIO(data)).convert("RGB") for data in pictures]))
    board = Image.new("RGB", (WIDTH, sum(row.height for row in rows) + BAND))
    for place, row in enumerate(rows):
        board.paste(row, (0, sum(above.height for above in rows[:place])))
    swatches = Image.frombytes("P", (COLOURS, 1), bytes(range(COLOURS)))
    swatches.putpalette(board.reduce(4).quantize(COLOURS).getpalette())
    board.paste(swatches.resize((WIDTH, BAND)), (0, board.height - BAND))
    board.save("mood-board.png")
    print("The board is saved as mood-board.png.")


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    """Return a row of the board: the pictures in their own proportions, all of one height."""
    shapes = [picture.width / picture.height for picture in pictures]
    height = int((WIDTH - GAP * (len(pictures) - 1)) / sum(shapes))
    row, left = Image.new("RGB", (WIDTH, height + GAP), "white"), 0
    for picture, shape in zip(pictures, shapes, strict=True):
        row.paste(picture.resize((round(height * shape), height)), (left, 0))
        left += round(height * shape) + GAP
    return row


anyio.run(main, sys.argv[1:] or ["forest path", "snowy mountains", "warm lantern light"])
