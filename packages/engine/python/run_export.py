"""Runs an exported file by what runs it elsewhere: TensorFlow Lite's interpreter, or Keras.

python run_export.py FORMAT FILE SHAPE INPUTS OUTPUTS; SHAPE is that of one row, such as 28,28, and
INPUTS and OUTPUTS are files of float32. Prints {"by": what ran it, "latencyMs": the median
milliseconds of one row at a time, on one thread}.
"""

import json
import os
import statistics
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf

BATCH_ROWS = 500
WARM_CALLS = 20
TIMED_CALLS = 200


def tflite_runner(path):
    interpreter = tf.lite.Interpreter(model_path=path, num_threads=1)
    (taken,) = interpreter.get_input_details()
    (given,) = interpreter.get_output_details()

    def run(rows):
        if tuple(interpreter.get_input_details()[0]["shape"]) != rows.shape:
            interpreter.resize_tensor_input(taken["index"], rows.shape)
            interpreter.allocate_tensors()
        interpreter.set_tensor(taken["index"], rows)
        interpreter.invoke()
        return interpreter.get_tensor(given["index"])

    interpreter.allocate_tensors()
    return run, f"TensorFlow Lite's interpreter {tf.__version__}"


def keras_runner(path):
    import keras

    model = keras.models.load_model(path)
    call = tf.function(lambda rows: model(rows, training=False), reduce_retracing=True)
    return lambda rows: call(rows).numpy(), f"Keras {keras.__version__}"


def main(format, path, shape, inputs, outputs):
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    run, by = keras_runner(path) if format == "keras" else tflite_runner(path)
    rows = np.fromfile(inputs, dtype="float32").reshape([-1, *map(int, shape.split(","))])
    batches = [run(rows[at : at + BATCH_ROWS]) for at in range(0, len(rows), BATCH_ROWS)]
    np.concatenate(batches).astype("float32").tofile(outputs)

    times = []
    for call in range(WARM_CALLS + TIMED_CALLS):
        row = rows[call % len(rows)][np.newaxis]
        start = time.perf_counter()
        run(row)
        times.append(time.perf_counter() - start)
    print(json.dumps({"by": by, "latencyMs": 1000 * statistics.median(times[WARM_CALLS:])}))


main(*sys.argv[1:])
