"""pygal without the import hook that it leaves behind.

pygal 3.1.3 appends a finder for its map plugins to `sys.meta_path`. It has no `find_spec`, so every later import that
fails warns (`ImportWarning: PluginImportFixer.find_spec() not found`), and pytest, which asks each finder, cannot
import at all. We draw no maps.
"""

import sys

from pygal import Histogram, Line
from pygal.style import Style

sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]

__all__ = ["Histogram", "Line", "Style"]
