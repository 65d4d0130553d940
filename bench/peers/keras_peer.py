"""The model in Keras on TensorFlow: one epoch of fit() for each line on stdin."""

import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import tensorflow as tf
from data import rows_of

setup = json.loads(sys.argv[1])
tf.config.threading.set_intra_op_parallelism_threads(setup["threads"])
tf.config.threading.set_inter_op_parallelism_threads(setup["threads"])
keras.utils.set_random_seed(1)
(x, y), (x_val, y_val) = rows_of(setup)
y, y_val = keras.utils.to_categorical(y, 10), keras.utils.to_categorical(y_val, 10)



def layers_of(model):
    """The layers of an mlp or cnn template, without dropout."""
    layers = keras.layers
    if model["template"] == "mlp":
        units = model["units"]
        for width in units if isinstance(units, list) else [units] * model["depth"]:
            yield layers.Dense(width, activation="relu")
    else:
        yield layers.Reshape((28, 28, 1))
        for filters in model["filters"]:
            yield layers.Conv2D(filters, 3, padding="same", activation="relu")
            yield layers.MaxPooling2D()
        yield from (layers.Flatten(), layers.Dense(model["units"], activation="relu"))
    yield layers.Dense(10, activation="softmax")


model = keras.Sequential([keras.layers.Input((784,)), *layers_of(setup["model"])])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])


class Clock(keras.callbacks.Callback):
    """Times the epoch, and its validation apart, without what fit() does around them."""

    def on_epoch_begin(self, epoch, logs=None):
        self.started = time.perf_counter()

    def on_test_begin(self, logs=None):
        self.trained = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.ended = time.perf_counter()


version = f"{keras.__version__}, TensorFlow {tf.__version__}"
print(json.dumps({"version": version}), flush=True)
for _ in sys.stdin:
    clock = Clock()
    history = model.fit(
        x,
        y,
        batch_size=setup["batch"],
        validation_data=(x_val, y_val),
        verbose=0,
        callbacks=[clock],
    )
    epoch = {
        "seconds": clock.trained - clock.started,
        "epochSeconds": clock.ended - clock.started,
        "loss": history.history["loss"][0],
    }
    print(json.dumps(epoch), flush=True)
