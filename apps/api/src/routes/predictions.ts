import type { PredictAnswer, PredictBody } from "@sweepyard/contract";
import { setChallenger } from "@sweepyard/db";
import type { LoadedModel } from "@sweepyard/engine";
import { readImage } from "@sweepyard/engine/images";
import type { ApiDeps } from "../apiDeps.js";
import { announce } from "../deliver.js";
import { rankClasses } from "../predict/rankClasses.js";
import { readInstances } from "../predict/readInstances.js";
import { receiveImage } from "../predict/receiveImage.js";
import { viewServing } from "../predict/viewServing.js";
import type { RouteContext, RouteHandlers } from "../routeHandlers.js";

/** What is asked of models that are served, and how that goes. */
export type PredictionRoute =
  | "models.predict"
  | "models.predictVersion"
  | "models.setChallenger"
  | "models.serving";

const TOP_K = 5;

interface Asked {
  readonly body: PredictBody | undefined;
  readonly topK: number | undefined;
  /** Whether to tell what was made of a picture. */
  readonly pixels: boolean | undefined;
}

export function predictionRoutes(deps: ApiDeps): Pick<RouteHandlers, PredictionRoute> {
  const { db, predictor } = deps;

  const predict = async (
    spec: string,
    { body, topK = TOP_K, pixels: isAsked = false }: Asked,
    { auth, req, res }: RouteContext,
  ) => {
    const image = body === undefined ? await receiveImage(req, res) : undefined;
    const read = ({ inputShape }: LoadedModel) =>
      image === undefined
        ? readInstances(body?.instances ?? [], inputShape)
        : readImage(image, inputShape);
    let made: PredictAnswer["pixels"];
    const { version, model, outputs } = await predictor.predict(
      auth.projectId,
      spec,
      async (loaded) => {
        const pixels = await read(loaded);
        if (isAsked && image !== undefined)
          made = { shape: [...loaded.inputShape], values: [...pixels] };
        return pixels.map((pixel) => pixel / 255);
      },
    );
    const predictions = rankClasses(outputs, model.classNames, topK);
    return {
      model: version.model,
      version: version.version,
      predictions,
      ...(made !== undefined && { pixels: made }),
    };
  };

  return {
    "models.predict": ({ params, query, body }, context) =>
      predict(
        params.name,
        { body, topK: body?.top_k ?? query.top_k, pixels: query.pixels },
        context,
      ),
    "models.predictVersion": ({ params, query, body }, context) =>
      predict(
        `${params.name}@${params.version}`,
        { body, topK: body?.top_k ?? query.top_k, pixels: query.pixels },
        context,
      ),
    "models.setChallenger": async ({ params, body }, { auth }) => {
      const model = await setChallenger(db, auth.projectId, auth.keyName, params.name, body);
      announce(deps, auth.projectId);
      return model;
    },
    "models.serving": ({ params, query }, { auth }) =>
      viewServing(deps, auth.projectId, params.name, query.hours),
  };
}
