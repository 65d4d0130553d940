#!/usr/bin/env python3
"""A PyTorch script that knows nothing of Sweepyard: a line for each epoch, and a checkpoint file.

It is asked to go on from its checkpoint as on any cluster that may stop it: by the same arguments.
"""

import argparse
import os

import torch
from sklearn.datasets import load_digits
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=1e-3)
parser.add_argument("--width", type=int, default=64)
parser.add_argument("--dropout", type=float, default=0.0)
parser.add_argument("--epochs", type=int, default=9)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--checkpoint-dir", default=".")
args = parser.parse_args()

torch.manual_seed(args.seed)
torch.set_num_threads(1)
x, y = load_digits(return_X_y=True)
x, y = torch.tensor(x, dtype=torch.float32) / 16, torch.tensor(y)
train, valid = slice(0, 1400), slice(1400, None)

model = nn.Sequential(
    nn.Linear(64, args.width), nn.ReLU(), nn.Dropout(args.dropout), nn.Linear(args.width, 10)
)
optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
checkpoint = os.path.join(args.checkpoint_dir, "last.pt")
done = 0
if os.path.exists(checkpoint):
    state = torch.load(checkpoint)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    done = state["epoch"]

for epoch in range(done + 1, args.epochs + 1):
    model.train()
    order = torch.randperm(1400, generator=torch.Generator().manual_seed(args.seed + epoch))
    for batch in order.split(64):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[train][batch]), y[train][batch])
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        logits = model(x[valid])
        val_loss = nn.functional.cross_entropy(logits, y[valid]).item()
        val_accuracy = (logits.argmax(1) == y[valid]).float().mean().item()
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}
    torch.save(state, checkpoint + ".new")
    os.replace(checkpoint + ".new", checkpoint)  # never half a checkpoint
    print(f"epoch={epoch} loss={loss.item()} val_loss={val_loss} val_accuracy={val_accuracy}")

torch.save(model.state_dict(), "model.pt")
