"""Fits scikit-learn's histogram boosting on a matrix of the bench, one thread.

Reads one JSON line {folder, features, training, test} per fit, where the folder holds
`training.f32` and `test.f32` (row-major), `target.f64`, `weight.f64`; answers one JSON line
{fitSeconds} and leaves `answers.f64` there.
"""

import json
import sys
import time

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

for line in sys.stdin:
    ask = json.loads(line)
    folder, width = ask["folder"], ask["features"]
    read = lambda name, kind: np.fromfile(f"{folder}/{name}", dtype=kind)
    x = read("training.f32", np.float32).reshape(-1, width)
    model = HistGradientBoostingRegressor(
        max_iter=300,
        learning_rate=0.05,
        max_leaf_nodes=31,
        min_samples_leaf=20,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=ask["seed"],
    )
    start = time.process_time()
    model.fit(x, read("target.f64", np.float64), read("weight.f64", np.float64))
    seconds = time.process_time() - start
    answers = model.predict(read("test.f32", np.float32).reshape(-1, width))
    answers.astype(np.float64).tofile(f"{folder}/answers.f64")
    print(json.dumps({"fitSeconds": seconds}), flush=True)
