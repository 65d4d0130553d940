"""The training rows, as the peers take them: float32 in 0..1 and class numbers."""

import gzip

import numpy as np


def read_idx(path):
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    axes = data[3]
    shape = np.frombuffer(data, ">u4", axes, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape)


def training_rows(setup):
    rows = setup["rows"]
    x = read_idx(setup["trainImages"])[:rows].reshape(rows, -1)
    return x.astype(np.float32) / 255, read_idx(setup["trainLabels"])[:rows]
