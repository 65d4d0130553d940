import {
  AppError,
  EXPORT_FORMATS,
  type PredictAnswer,
  type PredictBody,
} from "@sweepyard/contract";
import {
  decidePromotion,
  deleteVersion,
  getModel,
  listExports,
  listModelChanges,
  listModels,
  listPromotions,
  resolveModel,
  rollBackAlias,
  runOfVersion,
  setAlias,
  setPolicy,
  setVersionTags,
} from "@sweepyard/db";
import type { LoadedModel } from "@sweepyard/engine";
import { readImage } from "@sweepyard/engine/images";
import express, { type Request, type Response } from "express";
import type { ApiDeps } from "../apiDeps.js";
import { announce } from "../deliver.js";
import { downloadExport } from "../models/downloadExport.js";
import { ensureExports } from "../models/exportModels.js";
import { judgePromotion } from "../models/judgePromotion.js";
import { readInstances } from "../predict/readInstances.js";
import { readMultipart } from "../readMultipart.js";
import type { HandlersOf } from "../routeHandlers.js";

const TOP_K = 5;
const IMAGE_BYTES = 20 * 1024 * 1024;

export function modelRoutes(deps: ApiDeps): HandlersOf<"models"> {
  const { db, models, memory } = deps;
  return {
    "models.list": async (_request, { auth }) => ({ items: await listModels(db, auth.projectId) }),
    "models.get": ({ params }, { auth }) => getModel(db, auth.projectId, params.name),
    "models.setAlias": async ({ params, body }, { auth, signal }) => {
      const { projectId } = auth;
      const { name: model, alias } = params;
      const runId = await runOfVersion(db, projectId, { name: model, version: body.version });
      const judged = await judgePromotion(deps, { projectId, runId, model, alias }, signal);
      const version = await setAlias(db, projectId, auth, { model, alias, ...body }, judged);
      announce(deps, projectId);
      return version;
    },
    "models.rollback": async ({ params, body }, { auth }) => {
      const { name: model, alias } = params;
      const back = { model, alias, ...body };
      const version = await rollBackAlias(db, auth.projectId, auth.keyName, back);
      announce(deps, auth.projectId);
      return version;
    },
    "models.setPolicy": async ({ params, body }, { auth }) => {
      const model = await setPolicy(db, auth.projectId, auth.keyName, params.name, body);
      announce(deps, auth.projectId);
      return model;
    },
    "models.promotions": async ({ params, query }, { auth }) => ({
      items: await listPromotions(db, auth.projectId, params.name, query.state),
    }),
    "models.decide": async ({ params, body }, { auth }) => {
      const promotion = await decidePromotion(db, auth.projectId, auth, params, body);
      announce(deps, auth.projectId);
      return promotion;
    },
    "models.changes": async ({ params }, { auth }) => ({
      items: await listModelChanges(db, auth.projectId, params.name),
    }),
    "models.patchVersion": async ({ params, body }, { auth }) => {
      const version = await setVersionTags(db, auth.projectId, auth.keyName, params, body);
      announce(deps, auth.projectId);
      return version;
    },
    "models.deleteVersion": async ({ params }, { auth }) => {
      await deleteVersion(db, auth.projectId, auth.keyName, params);
      announce(deps, auth.projectId);
      return undefined;
    },
    "models.exports": async ({ params }, { auth }) => {
      const runId = await runOfVersion(db, auth.projectId, params);
      return { items: await listExports(db, auth.projectId, runId) };
    },
    "models.measureExports": async ({ params, body }, { auth, signal }) => {
      const { projectId } = auth;
      const { formats = EXPORT_FORMATS } = body;
      const runId = await runOfVersion(db, projectId, params);
      const wanted = { projectId, runId, formats, measure: true };
      return { items: await ensureExports(deps, wanted, signal) };
    },
    "models.export": async ({ params }, context) => {
      const { name, version, format } = params;
      const runId = await runOfVersion(db, context.auth.projectId, params);
      return downloadExport(deps, { runId, format, name: `${name}-v${version}` }, context);
    },
    "models.predict": async ({ params, query, body }, { auth, req, res }) => {
      const image = body === undefined ? await receiveImage(req, res) : undefined;
      const { projectId } = auth;
      const resolved = await memory.versions.get(`${projectId} ${params.name}`, () =>
        resolveModel(db, projectId, params.name),
      );
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
