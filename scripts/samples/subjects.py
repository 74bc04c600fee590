"""The subjects, by name."""

from collections.abc import Callable

from . import beasts, heroes, places, props, scenery, treasure, vehicles
from .board import Board

SUBJECTS: dict[str, Callable[[Board], None]] = {
    "castle": places.castle,
    "cottage": places.cottage,
    "mushroom house": places.mushroom_house,
    "lighthouse": places.lighthouse,
    "pyramid": places.pyramid,
    "windmill": places.windmill,
    "city": places.city,
    "portal": places.gate,
    "knight": heroes.knight,
    "guard": heroes.guard,
    "wizard": heroes.wizard,
    "robot": heroes.robot,
    "skull": heroes.skull,
    "cauldron": heroes.witch_fire,
    "dragon": beasts.dragon,
    "cat": beasts.cat,
    "owl": beasts.owl,
    "fox": beasts.fox,
    "slime": beasts.slime,
    "whale": beasts.whale,
    "potion": props.potion,
    "sword": props.sword,
    "axe": props.axe,
    "shield": heroes.shield,
    "chest": treasure.chest,
    "crown": treasure.crown,
    "gem": treasure.gem,
    "key": treasure.key,
    "book": props.book,
    "lantern": props.lantern,
    "map": props.treasure_map,
    "camp": props.tent,
    "tree": scenery.tree,
    "forest": scenery.forest,
    "lake": scenery.lake,
    "volcano": scenery.volcano,
    "ship": vehicles.ship,
    "rocket": vehicles.rocket,
    "fighter": vehicles.fighter,
    "planet": vehicles.planet,
    "balloon": vehicles.balloon,
    "stones": scenery.stones,
    "meadow": scenery.meadow,
}

#: Subjects that fill the whole picture and bring their own ground.
SCENES = frozenset({"city", "forest", "lake", "volcano", "pyramid", "stones", "meadow"})

#: Subjects cut off by the foot of the frame.
BUSTS = frozenset({"knight", "wizard"})

#: Subjects that hang in the air.
AFLOAT = frozenset({"whale", "rocket", "fighter", "planet", "balloon", "sword", "axe", "key", "gem"})
