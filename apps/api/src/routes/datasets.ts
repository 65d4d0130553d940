import { createDataset, getDataset, listDatasets } from "@sweepyard/db";
import type { ApiDeps } from "../apiDeps.js";
import { receiveDataset } from "../datasets/receiveDataset.js";
import { announce } from "../deliver.js";
import type { HandlersOf } from "../routeHandlers.js";

export function datasetRoutes(deps: ApiDeps): HandlersOf<"datasets"> {
  const { db, maxUploadBytes } = deps;
  return {
    "datasets.list": async (_request, { auth }) => ({
      items: await listDatasets(db, auth.projectId),
    }),
    "datasets.get": ({ params }, { auth }) => getDataset(db, auth.projectId, params.name),
    "datasets.create": async (_request, { auth, req }) => {
      const view = await receiveDataset(req, { store: db.artifacts, maxUploadBytes }, (dataset) =>
        createDataset(db, auth.projectId, auth.keyName, dataset),
      );
      announce(deps, auth.projectId);
      return view;
    },
  };
}
