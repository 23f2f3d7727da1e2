"""The addon as a wheel, as OCA publishes addons."""

import subprocess
import sys
from pathlib import Path

ADDON = Path(__file__).parents[1] / "lucca_invoices_sync"


def build_wheel(folder):
    """Build the wheel into a folder; return its path."""
    options = ["--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(ADDON)], check=True)
    return next(folder.glob("*.whl"))
