"""Writes blocks.json for the tests of GGUF's quantized blocks: random blocks of each type, and the
floats that the Python package gguf (0.19.0) makes of them.

    pip install gguf==0.19.0 numpy
    python gguf_blocks.py ../resources/org/sparkadept/decoder/format/gguf/blocks.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize

BLOCKS = 4

# Where a block has numbers in F16: offsets in bytes.
HALVES = {
    "Q4_0": [0],
    "Q4_1": [0, 2],
    "Q5_0": [0],
    "Q5_1": [0, 2],
    "Q8_0": [0],
    "Q4_K": [0, 2],
    "Q5_K": [0, 2],
    "Q6_K": [208],
}


def main() -> None:
    random = np.random.default_rng(20261130)
    types = {}
    for name, halves in HALVES.items():
        kind = GGMLQuantizationType[name]
        size = GGML_QUANT_SIZES[kind][1]
        blocks = random.integers(0, 256, (BLOCKS, size), dtype=np.uint8)
        for at in halves:
            scales = random.normal(0, 0.05, BLOCKS).astype("<f2")
            blocks[:, at : at + 2] = scales.view(np.uint8).reshape(BLOCKS, 2)
        numbers = dequantize(blocks, kind).astype("<f4")
        types[name] = {"bytes": blocks.tobytes().hex(), "floats": numbers.tobytes().hex()}
    Path(sys.argv[1]).write_text(json.dumps(types, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
