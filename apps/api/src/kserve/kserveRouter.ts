import { AppError } from "@sweepyard/contract";
import { getModel, pendingMigrations, type ResolvedModel, type RowForm } from "@sweepyard/db";
import { inputName, outputName } from "@sweepyard/engine";
import express, { type ErrorRequestHandler, type Request, type Response, Router } from "express";
import type { ApiDeps } from "../apiDeps.js";
import { requireScope } from "../auth.js";
import { authenticateShortly } from "../predict/authenticateShortly.js";
import type { Predicted } from "../predict/predictor.js";
import { PROBLEMS, toAppError } from "../problem.js";
import { type InferRequest, readInferRequest } from "./inferRequest.js";

/** As that of our own route. */
const LIMIT = "16mb";
const JSON_BYTES = "inference-header-content-length";

/**
 * KServe's open inference protocol, version 2, over HTTP: what its clients, Triton's and others'
 * speak. A model's name may end in `@alias`; FP32 is what the .onnx file takes, UINT8 are pixels.
 * @see https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol
 */
export function kserveRouter(deps: ApiDeps): Router {
  const { db, predictor } = deps;
  const router = Router({ caseSensitive: true });

  router.get("/v2", (_req, res) => {
    res.json({ name: "sweepyard", version: deps.version, extensions: ["binary_tensor_data"] });
  });
  router.get("/v2/health/live", (_req, res) => void res.json({ live: true }));
  router.get("/v2/health/ready", async (_req, res) => {
    const ready = await pendingMigrations(db).then(
      (pending) => pending.length === 0,
      () => false,
    );
    res.status(ready ? 200 : 503).json({ ready });
  });

  const paths = (end: string) => [
    `/v2/models/:name${end}`,
    `/v2/models/:name/versions/:version${end}`,
  ];
  const loaded = async (req: Request) => {
    const projectId = await projectOf(req, deps);
    const version = await predictor.find(projectId, specOf(req));
    await predictor.load(version);
    return { projectId, version };
  };
  router.get(paths("/ready"), async (req, res) => {
    const { version } = await loaded(req);
    res.json({ name: version.model, ready: true });
  });
  router.get(paths(""), async (req, res) => {
    const { projectId, version } = await loaded(req);
    const { versions } = await getModel(db, projectId, version.model);
    res.json(
      await metadata(
        deps,
        version,
        versions.map((one) => String(one.version)),
      ),
    );
  });
  router.post(
    paths("/infer"),
    express.raw({ type: () => true, limit: LIMIT }),
    async (req, res) => {
      const projectId = await projectOf(req, deps);
      const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
      const request = readInferRequest(body, jsonBytesOf(req, body));
      const answer = await predictor.predict(projectId, specOf(req), (version) =>
        inputsOf(request, version),
      );
      sendAnswer(res, request, answer);
    },
  );
  router.use("/v2", kserveErrors);
  return router;
}

async function projectOf(req: Request, deps: ApiDeps): Promise<string> {
  const auth = await authenticateShortly(req, deps);
  requireScope(auth, "predict");
  return auth.projectId;
}

function specOf({ params: { name, version } }: Request): string {
  return version === undefined ? String(name) : `${name}@${version}`;
}

function jsonBytesOf(req: Request, body: Buffer): number | undefined {
  const header = req.headers[JSON_BYTES];
  if (header === undefined) return undefined;
  const bytes = Number(header);
  if (Number.isInteger(bytes) && bytes >= 0 && bytes <= body.length) return bytes;
  throw new AppError("invalid_request", `${JSON_BYTES} is ${header}, of ${body.length} bytes`);
}

function inputsOf({ input }: InferRequest, { inputShape, inputType }: RowForm): Float32Array {
  const name = inputName(inputShape);
  if (input.name !== name)
    throw new AppError("invalid_request", `the model's input is "${name}", not "${input.name}"`);
  const [rows = 0, ...shape] = input.shape;
  if (rows === 0 || String(shape) !== String(inputShape))
    throw new AppError(
      "shape_mismatch",
      `the input has shape [${input.shape}]; the model takes [rows, ${inputShape.join(", ")}], of one row or more`,
    );
  if (input.datatype === "UINT8" && inputType !== "uint8")
    throw new AppError(
      "invalid_request",
      "UINT8 is for pixels, and this model was trained on numbers: send FP32",
    );
  return input.values;
}

async function metadata(
  { models, db }: Pick<ApiDeps, "models" | "db">,
  { model, sha256 }: ResolvedModel,
  versions: readonly string[],
) {
  return models.use(
    sha256,
    db.artifacts.path(sha256),
    async ({ inputShape, task, classNames }) => ({
      name: model,
      versions,
      platform: "onnxruntime_onnx",
      inputs: [{ name: inputName(inputShape), datatype: "FP32", shape: [-1, ...inputShape] }],
      outputs: [{ name: outputName(task), datatype: "FP32", shape: [-1, classNames.length] }],
    }),
  );
}

function sendAnswer(
  res: Response,
  { id, outputs, isBinary }: InferRequest,
  { version, model, outputs: numbers }: Predicted,
): void {
  const name = outputName(model.task);
  const unknown = outputs?.find((wanted) => wanted !== name);
  if (unknown !== undefined)
    throw new AppError("invalid_request", `the model's output is "${name}", not "${unknown}"`);
  const width = model.classNames.length;
  const described = { name, datatype: "FP32", shape: [numbers.length / width, width] };
  const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const answer = {
    ...(id !== undefined && { id }),
    model_name: version.model,
    model_version: String(version.version),
    outputs: [
      isBinary
        ? { ...described, parameters: { binary_data_size: bytes.length } }
        : { ...described, data: [...numbers] },
    ],
  };
  res.set("Cache-Control", "no-store");
  if (!isBinary) {
    res.json(answer);
    return;
  }
  const json = Buffer.from(JSON.stringify(answer));
  res.set("Inference-Header-Content-Length", String(json.length));
  res.type("application/octet-stream").send(Buffer.concat([json, bytes]));
}

/** The protocol's own form of errors. */
const kserveErrors: ErrorRequestHandler = (error, req, res, _next) => {
  const { code, message } = toAppError(error);
  const { status } = PROBLEMS[code];
  if (status >= 500) req.log[code === "internal" ? "error" : "warn"]({ err: error }, message);
  res.status(status).set("Cache-Control", "no-store").json({ error: message });
};
