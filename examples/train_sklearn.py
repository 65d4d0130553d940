#!/usr/bin/env python3
"""A scikit-learn script that knows nothing of Sweepyard: arguments in, one line of JSON out."""

import argparse
import json

from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import cross_val_score

parser = argparse.ArgumentParser()
parser.add_argument("--learning-rate", type=float, default=0.1)
parser.add_argument("--max-leaf-nodes", type=int, default=31)
parser.add_argument("--l2", type=float, default=0.0)
parser.add_argument("--max-iter", type=int, default=20)
parser.add_argument("--rows", type=int, default=600)
parser.add_argument("--seed", type=int, default=0)
args = parser.parse_args()

x, y = load_digits(return_X_y=True)
model = HistGradientBoostingClassifier(
    learning_rate=args.learning_rate,
    max_leaf_nodes=args.max_leaf_nodes,
    l2_regularization=args.l2,
    max_iter=args.max_iter,
    random_state=args.seed % 2**32,
)
scores = cross_val_score(model, x[: args.rows], y[: args.rows], cv=3)
print(json.dumps({"accuracy": scores.mean(), "spread": scores.std()}))
