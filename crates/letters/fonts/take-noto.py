"""Takes Noto Serif CJK JP out of the collection: every kanji and variation sequence, no Hangul, no alternates of other regions."""

import sys

from fontTools import subset
from fontTools.ttLib import TTCollection

collection, out = sys.argv[1:]
options = subset.Options()
options.layout_features = ["ccmp", "kern", "liga", "mark", "mkmk"]
options.hinting = False
options.notdef_outline = True
options.name_IDs = ["*"]
options.name_languages = ["*"]
options.drop_tables += ["vhea", "vmtx", "VORG", "BASE"]
options.recalc_timestamp = False

font = next(f for f in TTCollection(collection).fonts if f["name"].getDebugName(1) == "Noto Serif CJK JP")
hangul = [(0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7FF)]
wanted = {c for c in font.getBestCmap() if not any(a <= c <= z for a, z in hangul)}
wanted |= {selector for table in font["cmap"].tables if table.format == 14 for selector in table.uvsDict}

subsetter = subset.Subsetter(options)
subsetter.populate(unicodes=wanted)
subsetter.subset(font)
font.save(out)
