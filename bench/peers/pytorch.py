"""The seed's network in PyTorch, eager, with fused Adam: one epoch for each line on stdin."""

import json
import sys
import time

import torch
from data import training_rows
from torch import nn

setup = json.loads(sys.argv[1])
torch.set_num_threads(setup["threads"])
torch.manual_seed(1)
x, y = training_rows(setup)
x, y = torch.from_numpy(x), torch.from_numpy(y.copy()).long()
rows, batch = setup["rows"], setup["batch"]

model = nn.Sequential(
    nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10)
)
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
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "loss": nats.item() / rows}), flush=True)
