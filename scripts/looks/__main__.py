"""Write the descriptors of the sample pictures, after a change of the pictures or of the descriptor.

python -m scripts.looks
"""

from pathlib import Path

from scenario_mcp.sandbox.similarity.visual.samples import FILE, to_bytes

SANDBOX = Path(__file__).resolve().parents[2] / "scenario_mcp" / "sandbox"


def main() -> None:
    """Read the samples and write the file."""
    pictures = sorted((SANDBOX / "data" / "media").glob("*.webp"))
    content = to_bytes(picture.read_bytes() for picture in pictures)
    (SANDBOX / "similarity" / "visual" / FILE).write_bytes(content)
    print(f"{FILE}: {len(pictures)} pictures, {len(content)} bytes")


if __name__ == "__main__":
    main()
