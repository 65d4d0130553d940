import { EXPORT_FORMATS } from "@sweepyard/contract";
import {
  decidePromotion,
  deleteVersion,
  getModel,
  listExports,
  listModelChanges,
  listModels,
  listPromotions,
  rollBackAlias,
  runOfVersion,
  setAlias,
  setPolicy,
  setVersionTags,
} from "@sweepyard/db";
import type { ApiDeps } from "../apiDeps.js";
import { announce } from "../deliver.js";
import { downloadExport } from "../models/downloadExport.js";
import { ensureExports } from "../models/exportModels.js";
import { judgePromotion } from "../models/judgePromotion.js";
import { surveyLater } from "../models/surveyLater.js";
import type { HandlersOf } from "../routeHandlers.js";
import type { PredictionRoute } from "./predictions.js";

export function modelRoutes(deps: ApiDeps): Omit<HandlersOf<"models">, PredictionRoute> {
  const { db, predictor } = deps;
  return {
    "models.list": async (_request, { auth }) => ({ items: await listModels(db, auth.projectId) }),
    "models.get": ({ params }, { auth }) => getModel(db, auth.projectId, params.name),
    "models.setAlias": async ({ params, body }, { auth, signal }) => {
      const { projectId } = auth;
      const { name: model, alias } = params;
      const runId = await runOfVersion(db, projectId, { name: model, version: body.version });
      const judged = await judgePromotion(deps, { projectId, runId, model, alias }, signal);
      await predictor.prepare(projectId, runId);
      const version = await setAlias(db, projectId, auth, { model, alias, ...body }, judged);
      announce(deps, projectId);
      surveyLater(deps, projectId, runId);
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
  };
}
