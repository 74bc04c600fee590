"""Pictures with notes in them."""

PARAMETERS = (
    "a knight, (silver armour:1.2)\nat dawn\n"
    "Negative prompt: blurry, ugly\n"
    'Steps: 20, Sampler: Euler a, CFG scale: 7.5, Seed: 123, Size: 512x512, Lora hashes: "a: 1, b: 2", Model: dream_8'
)
