"""The model in PyTorch, eager, with fused Adam: one epoch for each line on stdin."""

import json
import sys
import time

import torch
from data import rows_of
from torch import nn

setup = json.loads(sys.argv[1])
torch.set_num_threads(setup["threads"])
torch.set_flush_denormal(setup.get("flushDenormals", False))
torch.manual_seed(1)
(x, y), (x_val, y_val) = rows_of(setup)
x, y = torch.from_numpy(x), torch.from_numpy(y).long()
x_val, y_val = torch.from_numpy(x_val), torch.from_numpy(y_val).long()
rows, batch = setup["rows"], setup["batch"]



def layers_of(model):
    """The layers of an mlp or cnn template, without dropout."""
    if model["template"] == "mlp":
        units = model["units"]
        widths = [784, *(units if isinstance(units, list) else [units] * model["depth"])]
        for inputs, outputs in zip(widths, widths[1:]):
            yield from (nn.Linear(inputs, outputs), nn.ReLU())
        yield nn.Linear(widths[-1], 10)
        return
    yield nn.Unflatten(1, (1, 28, 28))
    channels, side = 1, 28
    for filters in model["filters"]:
        yield from (nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        channels, side = filters, side // 2
    yield from (nn.Flatten(), nn.Linear(channels * side * side, model["units"]), nn.ReLU())
    yield nn.Linear(model["units"], 10)


model = nn.Sequential(*layers_of(setup["model"]))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
cross_entropy = nn.CrossEntropyLoss()

print(json.dumps({"version": torch.__version__}), flush=True)
for _ in sys.stdin:
    started = time.perf_counter()
    order = torch.randperm(rows)
    nats = torch.zeros(())
    for first in range(0, rows, batch):
        index = order[first : first + batch]
        optimizer.zero_grad(set_to_none=True)
        loss = cross_entropy(model(x[index]), y[index])
        loss.backward()
        optimizer.step()
        nats += loss.detach() * len(index)
    trained = time.perf_counter()
    with torch.inference_mode():
        val_nats, correct = torch.zeros(()), 0
        for first in range(0, len(x_val), batch):
            logits, labels = model(x_val[first : first + batch]), y_val[first : first + batch]
            val_nats += cross_entropy(logits, labels) * len(labels)
            correct += (logits.argmax(1) == labels).sum().item()
    ended = time.perf_counter()
    epoch = {
        "seconds": trained - started,
        "epochSeconds": ended - started,
        "loss": nats.item() / rows,
    }
    print(json.dumps(epoch), flush=True)
