"""Written samples: lore, a quest, a dialogue, notes, a tile map, a style sheet."""

from __future__ import annotations

import json

TEXTS: tuple[tuple[str, str, str, str], ...] = (
    (
        "Lore: the windows of Ashfall",
        "write a short lore page about the castle of Ashfall whose windows light up after a hundred years",
        "A page of game lore about the castle of Ashfall.",
        """THE WINDOWS OF ASHFALL

For a hundred years nobody lit a lamp in the castle on the mound. The village
below told its children that the towers were asleep, and that a castle, like
a bear, should not be woken by throwing stones.

On the first evening of the cold month a single window turned yellow. By
midnight there were eleven. In the morning the great gate stood closed as
ever, but the path before it had been swept.

Ser Aldric, last knight of the old guard, put on the helmet with the red plume
and walked up to ask, politely, who was home.
""",
    ),
    (
        "Quest: the dungeon key",
        "quest text for the dungeon key, three objectives and a reward, cheerful tone",
        "A quest description with three objectives and a reward.",
        """QUEST  The Key Under the Slime
GIVER  Old Merrow, the wizard
LEVEL  3

Merrow has dropped the dungeon key into the moss cave, where a leaf slime has
swallowed it. The slime is not angry. It only likes shiny things.

OBJECTIVES
1. Find something shinier than a key.
2. Offer it to the leaf slime.
3. Bring the key back before the cauldron boils over.

REWARD  120 coins, a large potion, and the slime waves at you from now on.
""",
    ),
    (
        "Dialogue: gate guard",
        "branching dialogue of a bored gate guard, three answers for the player",
        "A branching dialogue with a castle guard.",
        """[gate_guard_01]
GUARD: Halt. Sword, shield, or sandwich?
  > Sword.      -> [sword]
  > Shield.     -> [shield]
  > Sandwich.   -> [sandwich]

[sword]
GUARD: Leave it with me. I will give it a name while you are inside.

[shield]
GUARD: Gold and red. My grandmother had curtains like that. Go on.

[sandwich]
GUARD: At last, somebody who understands this job. (opens the gate)
""",
    ),
    (
        "Item descriptions, batch 4",
        "item descriptions for sword, axe, crown, lantern and treasure map, one line each, dry humour",
        "One-line item descriptions for a shop screen.",
        """Runed broadsword - Hums in the presence of dragons, and of beehives.
Double battle axe - Twice the edge. The same handle. Mind the other side.
Royal crown - Heavy. Nobody tells you about the neck.
Storm lantern - Burns in wind, rain and awkward silences.
Treasure map - The cross has been moved. Twice.
""",
    ),
)


def tile_map() -> str:
    """Return a small level as JSON."""
    rows = [
        "################",
        "#..t....~~~~...#",
        "#..c..t.~~~~.k.#",
        "#......=====...#",
        "#.s....~~~~..g.#",
        "################",
    ]
    return json.dumps(
        {
            "name": "moss_cave_entry",
            "tile": 32,
            "legend": {
                "#": "stone",
                ".": "meadow",
                "t": "tree",
                "~": "water",
                "=": "bridge",
                "c": "chest",
                "k": "key",
                "s": "slime",
                "g": "guard",
            },
            "rows": rows,
        },
        indent=1,
    )


def style_sheet() -> bytes:
    """Return a one-page PDF with the art direction in a few lines."""
    lines = (
        "Ashfall - art direction, page 1",
        "1. Light comes from the upper left. Shadows are cool, never black.",
        "2. Silhouettes first: every prop must read at 32 pixels.",
        "3. Gold is for treasure and for people who lost it.",
        "4. Five looks: pixel, flat, ink, painted, paper. Neon is for the arcade only.",
        "5. One accent colour for each character.",
    )
    text = "BT /F1 20 Tf 60 740 Td 0 -28 TD "
    for i, line in enumerate(lines):
        text += f"({line}) Tj T* " if i else f"({line}) Tj /F1 12 Tf T* T* "
    stream = (text + "ET").encode()
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out = b"%PDF-1.4\n"
    places = []
    for i, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (i, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
