import type { PredictAnswer, PredictBody } from "@sweepyard/contract";
import { type ServedVersion, setChallenger } from "@sweepyard/db";
import { readImage } from "@sweepyard/engine/images";
import type { ApiDeps } from "../apiDeps.js";
import { announce } from "../deliver.js";
import { nameOutputs } from "../predict/nameOutputs.js";
import { pixelUnit } from "../predict/pixelUnit.js";
import { predictInstances, TOP_K } from "../predict/predictInstances.js";
import { receiveImage } from "../predict/receiveImage.js";
import { viewServing } from "../predict/viewServing.js";
import type { RouteContext, RouteHandlers } from "../routeHandlers.js";

/** What is asked of models that are served, and how that goes. */
export type PredictionRoute =
  | "models.predict"
  | "models.predictVersion"
  | "models.setChallenger"
  | "models.serving";

interface PictureQuery {
  readonly top_k?: number | undefined;
  /** Whether to tell what was made of the picture. */
  readonly pixels?: boolean | undefined;
}

export function predictionRoutes(deps: ApiDeps): Pick<RouteHandlers, PredictionRoute> {
  const { db, predictor } = deps;

  const predictPicture = async (
    spec: string,
    { top_k: topK = TOP_K, pixels: isAsked = false }: PictureQuery,
    { auth, req, res }: RouteContext,
  ): Promise<PredictAnswer> => {
    const image = await receiveImage(req, res);
    let pixels: PredictAnswer["pixels"];
    const read = async (version: ServedVersion) => {
      const unit = pixelUnit(version);
      const inputs = await readImage(image, version.inputShape);
      if (isAsked) pixels = { shape: [...version.inputShape], values: [...inputs] };
      return inputs.map((pixel) => pixel / unit);
    };
    const predicted = await predictor.predict(auth.projectId, spec, read);
    return { ...nameOutputs(predicted, topK), ...(pixels && { pixels }) };
  };

  const predict = (
    spec: string,
    query: PictureQuery,
    body: PredictBody | undefined,
    context: RouteContext,
  ) =>
    body === undefined
      ? predictPicture(spec, query, context)
      : predictInstances(predictor, context.auth.projectId, spec, { top_k: query.top_k, ...body });

  return {
    "models.predict": ({ params, query, body }, context) =>
      predict(params.name, query, body, context),
    "models.predictVersion": ({ params, query, body }, context) =>
      predict(`${params.name}@${params.version}`, query, body, context),
    "models.setChallenger": async ({ params, body }, { auth }) => {
      const model = await setChallenger(db, auth.projectId, auth.keyName, params.name, body);
      announce(deps, auth.projectId);
      return model;
    },
    "models.serving": ({ params, query }, { auth }) =>
      viewServing(deps, auth.projectId, params.name, query.hours),
  };
}
