"""What people typed to get the pictures, and how a captioner describes them."""

from __future__ import annotations

#: For each subject: names a studio gives, nouns for prompts, a caption, theme tags, collections.
SUBJECT_WORDS: dict[str, tuple[tuple[str, ...], tuple[str, ...], str, tuple[str, ...]]] = {
    "castle": (
        ("Castle on the mound", "env_castle_keyart_01", "Ashfall keep", "Castle - title screen"),
        (
            "a castle with five round towers and pointed roofs",
            "a royal keep with a wooden gate and flags",
            "an old fortress on a green mound",
        ),
        "a castle with pointed towers, flags and an arched wooden gate",
        ("fantasy", "building", "environment"),
    ),
    "knight": (
        ("Knight portrait", "Knight bust v2", "Ser Aldric portrait", "char_knight_portrait_04", "Knight of Ashfall"),
        (
            "portrait of a knight in full plate with a plumed helmet",
            "a knight, visor down, head and shoulders",
            "bust of an armoured knight with gold trim",
        ),
        "a knight in plate armour with a closed visor and a feather plume",
        ("fantasy", "character", "portrait", "knight"),
    ),
    "guard": (
        ("Gate guard", "Castle guard full body", "npc_guard_02"),
        ("a castle guard standing with sword and heraldic shield", "full body knight with a cape, sword drawn"),
        "a standing knight with a cape, a sword and a quartered shield",
        ("fantasy", "character", "knight"),
    ),
    "wizard": (
        ("Old Merrow the wizard", "Wizard portrait", "char_wizard_01"),
        ("an old wizard with a long white beard and a glowing staff", "a bearded mage in a starry pointed hat"),
        "a bearded wizard in a pointed hat holding a glowing staff",
        ("fantasy", "character", "portrait", "magic"),
    ),
    "dragon": (
        ("Ember dragon", "Dragon boss concept", "Dragon sitting", "boss_dragon_v3"),
        ("a seated dragon with spread wings and a long tail", "a horned dragon boss, wings open, seen from the side"),
        "a horned dragon sitting with its wings open",
        ("fantasy", "creature", "boss"),
    ),
    "cat": (
        ("Tavern cat", "Cat companion", "pet_cat_idle"),
        ("a cat sitting upright with a bell collar", "a striped tavern cat looking at the viewer"),
        "a striped cat with a collar, sitting and looking ahead",
        ("cute", "animal", "companion"),
    ),
    "owl": (
        ("Messenger owl", "Owl on a branch", "npc_owl"),
        ("a round owl with big eyes on a branch", "a wise messenger owl perched in a tree"),
        "an owl with large round eyes perched on a branch",
        ("animal", "nature", "companion"),
    ),
    "fox": (
        ("Fox spirit", "Fox mask study", "Fox head icon"),
        ("the head of a fox seen from the front", "a clever fox spirit with bright eyes, symmetrical"),
        "the head of a red fox facing the viewer",
        ("animal", "nature", "portrait"),
    ),
    "robot": (
        ("Service bot B-17", "Robot helper", "npc_robot_front"),
        ("a friendly service robot with a round screen face", "a small helper robot with glowing eyes and an antenna"),
        "a small robot with a screen face and glowing eyes",
        ("sci-fi", "character", "cute"),
    ),
    "slime": (
        ("Leaf slime", "Slime enemy"),
        ("a jelly slime monster with a leaf on its head", "a smiling slime, first enemy of the game"),
        "a smiling jelly monster with a leaf on top",
        ("fantasy", "creature", "cute", "enemy"),
    ),
    "skull": (
        ("Skull marker", "Death screen skull", "ui_skull"),
        ("a skull with crossed bones and glowing eyes", "a cracked skull, pirate marker"),
        "a cracked skull above crossed bones",
        ("horror", "icon", "enemy"),
    ),
    "cauldron": (
        ("Bubbling cauldron", "Witch kettle"),
        ("a witch cauldron bubbling over a log fire", "a black cauldron with glowing brew and foam"),
        "a black cauldron with bubbling brew over a fire",
        ("fantasy", "prop", "magic"),
    ),
    "potion": (
        ("Health potion", "Potion bottle", "item_potion_large", "Elixir flask"),
        ("a round potion flask with bubbles and a paper label", "a corked bottle of glowing elixir"),
        "a round corked flask filled with bubbling liquid",
        ("fantasy", "prop", "item", "magic"),
    ),
    "sword": (
        ("Runed broadsword", "Sword icon", "item_sword_t3"),
        ("a broadsword with glowing runes and a golden guard", "a hero's sword, slanted, with a wrapped grip"),
        "a broadsword with a golden guard and runes on the blade",
        ("fantasy", "weapon", "item"),
    ),
    "axe": (
        ("Double battle axe", "item_axe_t2", "Berserker axe"),
        ("a double-bladed battle axe with a leather grip", "a heavy war axe with a gem in its head"),
        "a double-bladed battle axe with a wrapped handle",
        ("fantasy", "weapon", "item"),
    ),
    "shield": (
        ("Quartered shield", "Guild shield icon"),
        ("a heraldic shield with gold rim and stars", "a quartered knight's shield with a steel boss"),
        "a quartered shield with a golden rim and a round boss",
        ("fantasy", "armor", "item"),
    ),
    "chest": (
        ("Treasure chest open", "loot_chest_epic", "Chest with coins"),
        ("an open treasure chest full of gold coins", "a wooden loot chest with gold bands, coins and a ring"),
        "an open wooden chest overflowing with gold coins",
        ("fantasy", "prop", "loot"),
    ),
    "crown": (
        ("Royal crown", "Crown icon"),
        ("a golden crown with jewels and ermine", "a king's crown with velvet and gems"),
        "a golden crown set with jewels",
        ("fantasy", "item", "loot", "royal"),
    ),
    "gem": (
        ("Premium gem", "Gem currency icon", "ui_gem_large"),
        ("a brilliant-cut gem with sparkles", "a faceted jewel, premium currency"),
        "a sparkling faceted gem",
        ("item", "currency", "loot"),
    ),
    "key": (
        ("Dungeon key", "Ornate key icon", "item_key_boss"),
        ("an ornate golden key with a jewel", "an old dungeon key with a ribbon"),
        "an ornate golden key with a jewel in its bow",
        ("fantasy", "item", "quest"),
    ),
    "book": (
        ("Spellbook of eyes", "Grimoire cover"),
        ("a spell book with an eye on its cover and gold corners", "a closed grimoire with a clasp"),
        "a closed spell book with an eye and golden corners",
        ("fantasy", "item", "magic"),
    ),
    "lantern": (
        ("Storm lantern", "Lantern light prop"),
        ("a storm lantern with a warm flame", "an iron lantern glowing in the dark"),
        "a lit iron lantern with a warm flame",
        ("prop", "light", "item"),
    ),
    "map": (
        ("Treasure map", "map_scroll_ui"),
        ("a treasure map on a scroll with a dotted route", "an old parchment map with a red cross"),
        "a parchment map with a dotted route and a red cross",
        ("prop", "quest", "ui"),
    ),
    "mushroom house": (
        ("Toadstool cottage", "Mushroom house"),
        ("a mushroom house with a wooden door and round windows", "a toadstool home with a chimney in the woods"),
        "a house inside a spotted toadstool with a wooden door",
        ("fantasy", "building", "cute"),
    ),
    "cottage": (
        ("Miller's cottage", "Village cottage", "env_cottage_small"),
        ("a thatched cottage with flower beds and a smoking chimney", "a timber-framed village house, lit windows"),
        "a thatched cottage with lit windows and flowers",
        ("building", "village", "environment"),
    ),
    "lighthouse": (
        ("Gull Point lighthouse", "Lighthouse loading screen", "env_lighthouse"),
        ("a striped lighthouse on a rock above the sea", "a lighthouse sending out its beam"),
        "a striped lighthouse on a rock by the sea",
        ("building", "coast", "environment"),
    ),
    "windmill": (
        ("Windmill hill", "Old windmill"),
        ("a windmill on a hill with white sails", "a wooden windmill above a fence and bushes"),
        "a windmill with white sails on a grassy hill",
        ("building", "village", "environment"),
    ),
    "pyramid": (
        ("Desert pyramids", "Pyramid level background"),
        ("two pyramids with golden tips among palms", "desert pyramids with palms, level background"),
        "two pyramids and palm trees in the desert",
        ("desert", "ruins", "environment"),
    ),
    "city": (
        ("Neo district skyline", "bg_city_parallax", "City at night"),
        ("a dense skyline of lit towers", "a city of the future, towers with coloured windows"),
        "a skyline of tall buildings with lit windows",
        ("sci-fi", "city", "environment"),
    ),
    "portal": (
        ("Stone portal", "Fast travel gate", "fx_portal_idle"),
        ("an old stone portal with a shimmering centre", "a magic gate of cut stones, energy swirling"),
        "a stone archway filled with glowing energy",
        ("fantasy", "magic", "environment"),
    ),
    "forest": (
        ("Fir wood path", "bg_forest_01", "Forest level"),
        ("a path winding through a fir forest with mushrooms", "a deep fir wood with a sandy trail"),
        "a path leading into a forest of firs",
        ("nature", "forest", "environment"),
    ),
    "lake": (
        ("Silver lake", "Mountain lake background", "bg_lake_panorama"),
        ("snowy peaks above a lake with a small sailing boat", "a mountain lake, firs along the shore"),
        "a small sailing boat on a lake below snowy mountains",
        ("nature", "mountains", "environment"),
    ),
    "volcano": (
        ("Mount Cinder", "Volcano boss arena"),
        ("a volcano with streams of lava and ash clouds", "an erupting volcano above a lava sea"),
        "an erupting volcano with streams of lava",
        ("nature", "lava", "environment"),
    ),
    "ship": (
        ("The Brave Petrel", "Sailing ship", "vehicle_ship_galleon", "Galleon"),
        ("a three-masted sailing ship on the waves", "a galleon under full sail with a star on its canvas"),
        "a three-masted sailing ship on the sea",
        ("vehicle", "pirate", "sea"),
    ),
    "rocket": (
        ("Courier rocket", "Rocket icon", "vehicle_rocket"),
        ("a plump retro rocket flying with a flame trail", "a cartoon rocket ship with round windows"),
        "a rocket with round windows and a bright flame",
        ("sci-fi", "vehicle", "space"),
    ),
    "fighter": (
        ("Kestrel fighter", "Player ship", "vehicle_fighter_top"),
        ("a star fighter seen from above with glowing engines", "a space fighter, player ship of a shooter"),
        "a star fighter with glowing engines",
        ("sci-fi", "vehicle", "space"),
    ),
    "planet": (
        ("Ringed planet", "Planet Othra", "bg_planet_rings"),
        ("a banded gas planet with rings and two moons", "a ringed gas giant"),
        "a banded planet with rings and two moons",
        ("sci-fi", "space", "background"),
    ),
    "balloon": (
        ("Striped balloon", "Balloon travel card"),
        ("a striped hot-air balloon with a wicker basket", "a festival balloon floating over the land"),
        "a striped hot-air balloon in the sky",
        ("vehicle", "travel", "cute"),
    ),
    "whale": (
        ("Sky whale", "Flying whale island"),
        ("a whale flying through the sky with a tiny island on its back", "a sky whale carrying a house and firs"),
        "a flying whale carrying a small island with a house",
        ("fantasy", "creature", "concept-art"),
    ),
    "tree": (
        ("Great oak", "Elder tree"),
        ("a great old oak with golden fruit", "a broad tree with thick roots, village landmark"),
        "a broad old oak with golden fruit",
        ("nature", "prop", "environment"),
    ),
    "camp": (
        ("Rest camp", "Campfire save point"),
        ("a tent beside a campfire", "an adventurers' camp with a tent and stones around a fire"),
        "a tent next to a burning campfire",
        ("prop", "travel", "environment"),
    ),
    "stones": (
        ("Stone wall tile", "tex_stonewall_a"),
        ("a wall of cut stones with moss", "castle stone bricks, seamless"),
        "a wall of cut stones with a little moss",
        ("texture", "tileable", "building"),
    ),
    "meadow": (
        ("Meadow tile",),
        ("grass with small flowers, seamless",),
        "grass with red and white flowers",
        ("texture", "tileable", "nature"),
    ),
}

LOOK_WORDS: dict[str, tuple[tuple[str, ...], str, tuple[str, ...]]] = {
    "pixel": (
        ("pixel art", "16-bit pixel art sprite", "retro pixel art, limited palette"),
        "Pixel art of",
        ("crisp pixels, dark outline", "dithered shading, 28 colours", "no anti-aliasing, game sprite"),
    ),
    "flat": (
        ("flat vector illustration", "flat design game icon", "clean vector art"),
        "A flat vector illustration of",
        ("two-tone shading, long shadow", "simple shapes, bright colours", "no gradients, crisp edges"),
    ),
    "ink": (
        ("ink drawing on paper", "pen and ink sketch", "hand-drawn ink with a light wash"),
        "An ink drawing of",
        ("cross-hatching, wobbly line", "loose hatching, sketchbook page", "black line, thin watercolour wash"),
    ),
    "painted": (
        ("digital painting", "oil painting", "painterly concept art"),
        "A painting of",
        ("soft light, rich texture", "thick brush strokes, warm light", "atmospheric, visible canvas"),
    ),
    "neon": (
        ("neon sign style", "synthwave neon outline", "glowing neon tubes"),
        "A neon outline of",
        ("dark background, grid floor, strong glow", "retro sun, bloom, 1980s arcade"),
    ),
    "paper": (
        ("layered paper cut", "papercraft light box", "cut paper illustration"),
        "A layered paper cut of",
        ("soft shadows between sheets", "paper fibres, handmade look"),
    ),
}

STYLE_TAG = {
    "pixel": "pixel-art",
    "flat": "flat",
    "ink": "ink",
    "painted": "painted",
    "neon": "neon",
    "paper": "papercut",
}

PLACE_WORDS: dict[str, tuple[str, str]] = {
    "hills": ("on rolling green hills", "with hills behind"),
    "peaks": ("in front of snowy mountains", "with mountains behind"),
    "wood": ("between tall trees", "in a forest clearing"),
    "sea": ("on the open sea", "with the sea behind"),
    "dunes": ("among sand dunes", "with dunes behind"),
    "space": ("in deep space with stars", "against a starry sky"),
    "room": ("on a wooden table in a library", "in a dim room with book shelves"),
    "cave": ("in a cave with glowing crystals", "inside a crystal cave"),
    "street": ("with city blocks in the distance", "in front of a city"),
    "card": ("on a plain round card", "on a plain background"),
    "rays": ("on a burst of rays", "in front of a sunburst"),
    "blank": ("on a plain background", ""),
}

MOOD_WORDS: dict[str, str] = {
    "day": "clear daylight",
    "dawn": "soft dawn light",
    "dusk": "glowing dusk light",
    "night": "pale moonlight",
    "mist": "pale morning mist",
    "storm": "grey stormy weather",
    "gold": "golden evening light",
    "violet": "violet twilight",
    "mint": "cool mint light",
}

NEGATIVE = (
    "blurry, text, watermark, signature",
    "photo, realistic, 3d render",
    "extra limbs, deformed, low quality, jpeg artifacts",
    "cropped, frame, border",
)

LONG_PROMPT = (
    "Key art for the title screen of a cosy role-playing game about a village that wakes up one morning to find "
    "that the old castle above it has lit its windows for the first time in a hundred years. The castle stands "
    "left of the middle on a round green mound, five towers of grey stone, the tallest in the centre, each with a"
    " steep red roof and a small yellow pennant that moves in the wind. The gate is a wide arch with a heavy "
    "wooden door, closed, and a sandy path runs from it towards the viewer and widens at the lower edge so that "
    "the menu can sit on it. Bushes line the path, rounded and friendly, never spiky. The sky takes up more than "
    "half of the picture: deep violet at the top, then mauve, then a band of glowing orange just above the hills,"
    " with a low pale sun that is half hidden by thin long clouds and a few early stars near the upper corners. "
    "Three rows of hills recede into the haze, every row lighter and warmer than the one in front of it. Paint it"
    " as a digital oil painting with broad visible strokes in the sky, shorter strokes on the stone, and only a "
    "few crisp accents where light hits the edges of the roofs and the window frames. Light comes from the upper "
    "left, shadows are cool and never black, and the windows glow warmly enough to tint the stone around them. "
    "Leave the right third calm and empty for the logo. No people, no animals, no text, no frame, no lens flare, "
    "no photographic detail. The mood is quiet, hopeful and a little mysterious, like the first page of a book "
    "that somebody reads aloud in front of a fire on a long evening in late autumn, when nobody wants to go to "
    "bed yet and everybody already knows the story by heart. Wide format, high detail, consistent perspective, "
    "horizon in the lower third, colours that still read well when the picture is shown very small."
)
