"""What a user would write to serve a model: FastAPI with onnxruntime or with Keras.

python fastapi_peer.py onnxruntime|keras FILE SHAPE; prints its port, then serves POST /predict with
{"instances": [[pixels, 0 to 255], ...]}. No keys, no limits, no log.
"""

import os
import socket
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

kind, path, sides = sys.argv[1:]
shape = [int(side) for side in sides.split(",")]

if kind == "onnxruntime":
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def predict(images):
        return session.run(None, {name: images})[0]

else:
    import keras
    import tensorflow as tf

    model = keras.models.load_model(path)
    call = tf.function(lambda x: model(x, training=False))

    def predict(images):
        return call(images).numpy()


class Request(BaseModel):
    instances: list[list[float]]


app = FastAPI()


@app.post("/predict")
def classify(request: Request):
    images = np.asarray(request.instances, dtype="float32").reshape(-1, *shape) / 255
    return {"predictions": predict(images).tolist()}


with socket.socket() as listener:
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
print(port, flush=True)
# By its port: a socket handed over would be served without TCP_NODELAY, 40 ms an answer.
uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical", access_log=False)
