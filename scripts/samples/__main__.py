"""Re-create or check the sample catalogue (drawing needs ffmpeg for the videos and sounds).

python -m scripts.samples                      draw everything
python -m scripts.samples --contact sheet.png  and a contact sheet
python -m scripts.samples --check              check what is there
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .check import check
from .write import contact_sheet, write

DATA = Path(__file__).resolve().parents[2] / "scenario_mcp" / "sandbox" / "data"


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.samples", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the catalogue")
    parser.add_argument("--contact", type=Path, help="also write a contact sheet of all pictures to this file")
    parser.add_argument("--check", action="store_true", help="only check the files that are there")
    options = parser.parse_args()
    if not options.check:
        write(options.data)
    if options.contact:
        contact_sheet(options.data, options.contact)
    for line in check(options.data):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
