"""Which pictures the catalogue holds.

One line a picture: subject, look, aspect, backdrop, mood, accent, then
options.  A subject of two words is written with an underscore.
"""

from __future__ import annotations

from .pictures import Picture

TABLE = """
castle          painted 16:9 hills  dusk   red     scale=1.0 x=-.45
castle          pixel   1:1  hills  day    blue    scale=.92
castle          flat    3:2  hills  dawn   purple  scale=.94 x=.3
castle          ink     4:3  peaks  mist   blue    scale=.95 wash=.28
castle          neon    16:9 blank  night  pink    scale=.86
castle          paper   2:3  peaks  violet orange  scale=.9
knight          painted 2:3  hills  dusk   red     scale=.98
knight          pixel   1:1  card   gold   blue    scale=.9
knight          ink     3:4  blank  mist   red     scale=.95 wash=.35
knight          flat    1:1  card   mint   purple  scale=.86
knight          neon    1:1  blank  night  blue    scale=.88
knight          paper   3:4  peaks  dawn   green   scale=.9 flip
knight          pixel   1:1  hills  night  red     scale=.96 flip
knight          painted 3:4  wood   mist   blue    scale=1.0 flip
knight          painted 1:1  peaks  storm  gold    scale=.92
guard           pixel   2:3  hills  dawn   green   scale=1.0
guard           painted 9:16 wood   gold   blue    scale=1.1
guard           ink     2:3  hills  day    red     scale=1.05 wash=.25 flip
wizard          painted 2:3  wood   mist   blue    scale=1.0
wizard          pixel   1:1  room   violet purple  scale=.86
wizard          ink     1:1  blank  day    purple  scale=.84 wash=.3
wizard          paper   1:1  hills  night  red     scale=.86 flip
dragon          painted 3:2  peaks  dusk   red     scale=.94 x=.2
dragon          pixel   1:1  cave   violet green   scale=.92
dragon          flat    4:3  peaks  dawn   teal    scale=.92 flip
dragon          ink     3:2  peaks  day    green   scale=.95 wash=.22 flip
dragon          neon    1:1  blank  night  green   scale=.88
dragon          paper   1:1  hills  gold   purple  scale=.88
cat             pixel   1:1  room   gold   orange  scale=.88
cat             ink     1:1  blank  day    black   scale=.88 wash=.15
cat             painted 3:4  wood   dawn   orange  scale=.95
owl             painted 1:1  wood   dusk   gold    scale=.9
owl             flat    1:1  hills  night  purple  scale=.86
owl             ink     3:4  blank  mist   orange  scale=.92 wash=.3
fox             painted 1:1  wood   gold   red     scale=.84
fox             pixel   1:1  card   mint   orange  scale=.86
fox             flat    1:1  rays   dawn   orange  scale=.82
robot           flat    1:1  card   day    orange  scale=.86
robot           pixel   1:1  street violet teal    scale=.9
robot           painted 3:4  street dusk   gold    scale=1.0
robot           neon    3:4  blank  night  teal    scale=.95
slime           pixel   1:1  cave   mint   green   scale=.8
slime           flat    1:1  hills  day    pink    scale=.8
skull           ink     1:1  blank  mist   gold    scale=.84 wash=.2
skull           pixel   1:1  card   storm  red     scale=.86
skull           neon    1:1  blank  night  purple  scale=.84
cauldron        pixel   1:1  cave   violet green   scale=.86
cauldron        painted 1:1  room   dusk   teal    scale=.84
potion          pixel   1:1  card   violet red     scale=.84
potion          painted 1:1  room   dusk   green   scale=.84
potion          ink     2:3  blank  day    teal    scale=.95 wash=.35
potion          neon    1:1  blank  night  orange  scale=.82
sword           pixel   1:1  rays   dusk   red     scale=.82
sword           painted 2:3  cave   violet teal    scale=1.0
sword           ink     1:1  blank  mist   red     scale=.84 wash=.2
axe             pixel   1:1  card   storm  red     scale=.8
axe             ink     1:1  blank  day    green   scale=.8 wash=.25 flip
axe             painted 1:1  cave   gold   red     scale=.8
shield          pixel   1:1  card   day    red     scale=.84
shield          flat    1:1  rays   night  blue    scale=.78
chest           pixel   1:1  cave   night  red     scale=.84
chest           painted 4:3  cave   gold   blue    scale=.84
chest           ink     4:3  blank  mist   gold    scale=.9 wash=.3
crown           pixel   1:1  card   violet red     scale=.84
crown           flat    1:1  rays   dusk   purple  scale=.8
gem             pixel   1:1  card   night  teal    scale=.84
gem             flat    1:1  card   dusk   pink    scale=.82
gem             neon    1:1  blank  night  teal    scale=.84
key             pixel   1:1  card   mint   purple  scale=.84
key             flat    1:1  card   gold   teal    scale=.84 flip
key             ink     1:1  blank  day    blue    scale=.86 wash=.3
book            flat    1:1  card   violet purple  scale=.84
book            painted 1:1  room   dusk   red     scale=.84
lantern         painted 2:3  wood   night  gold    scale=.9
lantern         flat    1:1  card   night  orange  scale=.82
map             ink     3:2  blank  gold   red     scale=.95 wash=.3
map             flat    4:3  card   mint   red     scale=.88
mushroom_house  painted 4:3  wood   dawn   red     scale=.95
mushroom_house  paper   1:1  wood   violet pink    scale=.86
cottage         painted 3:2  hills  gold   orange  scale=.9 x=-.25
cottage         pixel   4:3  hills  dusk   gold    scale=.9
cottage         ink     3:2  hills  day    gold    scale=.9 wash=.3 flip
lighthouse      painted 2:3  sea    storm  red     scale=1.05
lighthouse      flat    9:16 sea    dawn   blue    scale=1.15
lighthouse      paper   3:4  sea    night  red     scale=.98
windmill        flat    3:2  hills  gold   red     scale=.9 x=-.35
windmill        painted 4:3  hills  mist   teal    scale=.9
pyramid         pixel   16:9 dunes  dusk   gold    seed=5
pyramid         paper   3:2  dunes  violet gold
city            neon    16:9 blank  night  purple
city            pixel   16:9 street violet purple
city            painted 9:16 street dusk   blue
portal          painted 3:4  cave   violet teal    scale=1.0
portal          neon    1:1  blank  night  purple  scale=.88
portal          pixel   1:1  wood   night  pink    scale=.9
forest          painted 16:9 blank  mist   green
forest          pixel   16:9 blank  dawn   green
forest          paper   3:2  blank  mint   teal
lake            painted 16:9 peaks  dawn   blue
lake            flat    3:2  blank  day    blue
lake            ink     16:9 blank  mist   blue    wash=.35
volcano         pixel   16:9 blank  dusk   red
volcano         painted 3:2  blank  storm  red
ship            painted 3:2  sea    gold   red     scale=.92
ship            ink     3:2  sea    day    blue    scale=.94 wash=.25 flip
ship            flat    16:9 sea    dawn   teal    scale=.92 x=.5
ship            pixel   4:3  sea    night  red     scale=.92
rocket          flat    1:1  space  violet red     scale=.84
rocket          pixel   1:1  space  night  orange  scale=.84
rocket          neon    2:3  blank  night  pink    scale=.95
fighter         pixel   1:1  space  violet blue    scale=.84
fighter         flat    3:2  space  night  orange  scale=.84 x=.3
fighter         painted 16:9 space  dusk   red     scale=.8 x=-.5
planet          painted 1:1  space  violet orange  scale=.84
planet          flat    1:1  space  night  teal    scale=.84
planet          pixel   1:1  space  dusk   purple  scale=.84
balloon         paper   1:1  peaks  dawn   red     scale=.84
balloon         flat    2:3  hills  day    orange  scale=.95
whale           painted 16:9 peaks  mint   blue    scale=.9 x=.35
whale           paper   3:2  peaks  violet teal    scale=.88
tree            painted 1:1  hills  gold   green   scale=.92
tree            pixel   1:1  hills  day    green   scale=.92
camp            painted 16:9 wood   night  orange  scale=.88 x=-.3
camp            pixel   4:3  peaks  dusk   teal    scale=.88
stones          pixel   1:1  blank  day    green
stones          painted 1:1  blank  day    blue
meadow          flat    1:1  blank  day    red
"""


def pictures() -> list[Picture]:
    """Every drawn picture, in the order of the table."""
    out: list[Picture] = []
    for i, line in enumerate(TABLE.strip().splitlines()):
        subject, look, aspect, backdrop, mood, accent, *options = line.split()
        number: dict[str, float] = {}
        for option in options:
            name, _, value = option.partition("=")
            number[name] = float(value or 1)
        out.append(
            Picture(
                subject.replace("_", " "), look, aspect, backdrop, mood, accent,
                scale=number.get("scale", 0.86), x=number.get("x", 0.0), y=number.get("y", 0.0),
                flip=bool(number.get("flip")), seed=int(number.get("seed", 100 + i)), wash=number.get("wash", 0.3),
            )
        )  # fmt: skip
    return out
