import { AppError, type PredictAnswer, type PredictBody } from "@sweepyard/contract";
import { getModel, listModels, resolveModel, setAlias } from "@sweepyard/db";
import type { LoadedModel } from "@sweepyard/engine";
import express, { type Request, type Response } from "express";
import type { ApiDeps } from "../apiDeps.js";
import { announce } from "../deliver.js";
import { readImage } from "../predict/readImage.js";
import { readInstances } from "../predict/readInstances.js";
import { readMultipart } from "../readMultipart.js";
import type { HandlersOf } from "../routeHandlers.js";

const TOP_K = 5;
const IMAGE_BYTES = 20 * 1024 * 1024;

export function modelRoutes(deps: ApiDeps): HandlersOf<"models"> {
  const { db, models } = deps;
  return {
    "models.list": async (_request, { auth }) => ({ items: await listModels(db, auth.projectId) }),
    "models.get": ({ params }, { auth }) => getModel(db, auth.projectId, params.name),
    "models.setAlias": async ({ params, body }, { auth }) => {
      const { name: model, alias } = params;
      const version = await setAlias(db, auth.projectId, auth.keyName, { model, alias, ...body });
      announce(deps, auth.projectId);
      return version;
    },
    "models.predict": async ({ params, query, body }, { auth, req, res }) => {
      const image = body === undefined ? await receiveImage(req, res) : undefined;
      const resolved = await resolveModel(db, auth.projectId, params.name);
      const topK = body?.top_k ?? query.top_k ?? TOP_K;
      const path = db.artifacts.path(resolved.sha256);
      const predictions = await models.use(resolved.sha256, path, async (model) => {
        const pixels = await toPixels(body, image, model.inputShape);
        const inputs = pixels.map((pixel) => pixel / 255);
        return rank(await model.predict(inputs), model.classNames, topK);
      });
      return { model: resolved.model, version: resolved.version, predictions };
    },
  };
}

async function toPixels(
  body: PredictBody | undefined,
  image: Uint8Array | undefined,
  shape: LoadedModel["inputShape"],
): Promise<Float32Array> {
  if (body !== undefined) return readInstances(body.instances, shape);
  if (image !== undefined) return readImage(image, shape);
  throw new AppError("invalid_request", "send instances as JSON, or a picture");
}

/** The picture is the body itself, or the form's file `image`. */
async function receiveImage(req: Request, res: Response): Promise<Uint8Array> {
  if (req.is("multipart/form-data")) return receiveImageForm(req);
  const parse = express.raw({ type: () => true, limit: IMAGE_BYTES });
  await new Promise<void>((resolve, reject) => {
    parse(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
  return requireBytes(Buffer.isBuffer(req.body) ? req.body : undefined);
}

async function receiveImageForm(req: Request): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  await readMultipart(req, {
    fields: [],
    files: ["image"],
    onFile: async (_name, bytes) => {
      for await (const chunk of bytes as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > IMAGE_BYTES)
          throw new AppError("payload_too_large", `the picture is above ${IMAGE_BYTES} bytes`);
        chunks.push(chunk);
      }
    },
  });
  return requireBytes(Buffer.concat(chunks));
}

function requireBytes(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes !== undefined && bytes.length > 0) return bytes;
  throw new AppError("invalid_request", "there is no picture in the request", {
    errors: [{ path: "image", rule: "required", message: "is missing or empty" }],
  });
}

/** @param probabilities [images, classes] */
function rank(
  probabilities: Float32Array,
  classNames: readonly string[],
  topK: number,
): PredictAnswer["predictions"] {
  const classes = classNames.length;
  return Array.from({ length: probabilities.length / classes }, (_, image) =>
    classNames
      .map((name, label) => ({
        label,
        name,
        probability: probabilities[image * classes + label] ?? 0,
      }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, topK),
  );
}
