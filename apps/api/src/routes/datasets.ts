import {
  createDataset,
  datasetVersionViews,
  getDataset,
  getDatasetFiles,
  listDatasets,
} from "@sweepyard/db";
import type { ApiDeps } from "../apiDeps.js";
import { DatasetRows } from "../datasets/datasetRows.js";
import { drawRows, drawSprite } from "../datasets/drawSprite.js";
import { previewDataset } from "../datasets/previewDataset.js";
import { receiveDataset } from "../datasets/receiveDataset.js";
import { announce } from "../deliver.js";
import type { HandlersOf } from "../routeHandlers.js";

export function datasetRoutes(deps: ApiDeps): HandlersOf<"datasets"> {
  const { db, maxUploadBytes } = deps;
  const open = async (projectId: string, name: string, version?: number) => {
    const { view, files } = await getDatasetFiles(db, projectId, name, version);
    return new DatasetRows(view, files, db.artifacts);
  };
  return {
    "datasets.list": async (_request, { auth }) => ({
      items: await listDatasets(db, auth.projectId),
    }),
    "datasets.get": ({ params, query }, { auth }) =>
      getDataset(db, auth.projectId, params.name, query.version),
    "datasets.versions": async ({ params }, { auth }) => ({
      items: await datasetVersionViews(db, auth.projectId, params.name),
    }),
    "datasets.preview": async ({ params, query }, { auth }) =>
      previewDataset(await open(auth.projectId, params.name, query.version)),
    "datasets.sprite": async ({ params, query }, { auth, req, res }) => {
      const rows = await open(auth.projectId, params.name, query.version);
      res.set({ ETag: `"${rows.view.id}"`, "Cache-Control": "private, no-cache" }).type("png");
      if (req.fresh) res.status(304).end();
      else res.end(await drawSprite(rows));
      return undefined;
    },
    "datasets.images": async ({ params, query }, { auth, req, res }) => {
      const rows = await open(auth.projectId, params.name, query.version);
      // A version never changes, nor does what its rows show.
      const tag = `"${rows.view.id} ${query.split} ${query.rows.join(",")}"`;
      res.set({ ETag: tag, "Cache-Control": "private, no-cache" }).type("png");
      if (req.fresh) res.status(304).end();
      else res.end(await drawRows(rows, query.rows, query.split));
      return undefined;
    },
    "datasets.create": async (_request, { auth, req, signal }) => {
      const options = { store: db.artifacts, maxUploadBytes, signal };
      const view = await receiveDataset(req, options, (dataset) =>
        createDataset(db, auth.projectId, auth.keyName, dataset),
      );
      announce(deps, auth.projectId);
      return view;
    },
  };
}
