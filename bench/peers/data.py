"""The rows that train and those that validate, as the peers take them: float32 in 0..1 and class numbers."""

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


def rows_of(setup):
    """(x, y) that train, then (x, y) that validate: the rows after them, as Keras splits."""
    train, total = setup["rows"], setup["rows"] + setup["validation"]
    x = read_idx(setup["trainImages"])[:total].reshape(total, -1).astype(np.float32) / 255
    y = read_idx(setup["trainLabels"])[:total].copy()
    return (x[:train], y[:train]), (x[train:], y[train:])
