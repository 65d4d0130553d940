import { AppError, parseSweep } from "@sweepyard/contract";
import {
  bestRun,
  bestSoFar,
  cancelSweep,
  createSweep,
  editSweep,
  enqueuePoints,
  getSweep,
  listSweeps,
  pauseSweep,
  pruningLog,
  resumeSweep,
  sweepColumns,
  sweepCurveBands,
  sweepCurves,
  sweepLog,
  sweepTimeline,
  sweepVersions,
} from "@sweepyard/db";
import { acceptEdit } from "../acceptEdit.js";
import { acceptSweep } from "../acceptPlan.js";
import type { ApiDeps } from "../apiDeps.js";
import { tellAndAsk } from "../askTell/tellAndAsk.js";
import { requireScope } from "../auth.js";
import { announce, deliverRuns, deliverSweep } from "../deliver.js";
import { dependenceOf, importanceOf, surrogateOf } from "../importance/importanceOf.js";
import { paretoOf } from "../paretoOf.js";
import { previewSweep } from "../preview/previewSweep.js";
import { replaySweep } from "../replaySweep.js";
import type { HandlersOf } from "../routeHandlers.js";
import { fitsSpace, forkOf, pointErrors } from "../sweepSubmission.js";

export function sweepRoutes(deps: ApiDeps): HandlersOf<"sweeps"> {
  const { db } = deps;
  return {
    "sweeps.create": async ({ body }, { auth, res }) => {
      const { sweep, plannedRuns } = await acceptSweep(deps, auth.projectId, body);
      if (sweep.promote !== undefined) requireScope(auth, "promote");
      const fits = fitsSpace(sweep.space);
      const view = await createSweep(db, auth.projectId, auth.keyName, sweep, {
        plannedRuns,
        askedKey: auth.keyId,
        fits,
      });
      await deliverSweep(deps, auth.projectId, view.id);
      res.location(`/api/v1/sweeps/${view.id}`);
      return view;
    },
    "sweeps.preview": ({ body }, { auth }) => previewSweep(deps, auth.projectId, body),
    "sweeps.list": ({ query }, { auth }) => listSweeps(db, auth.projectId, query),
    "sweeps.bestSoFar": async ({ query }, { auth }) => ({
      items: await bestSoFar(db, auth.projectId, query.ids),
    }),
    "sweeps.get": ({ params }, { auth }) => getSweep(db, auth.projectId, params.id),
    "sweeps.best": ({ params, query }, { auth }) =>
      bestRun(db, auth.projectId, { ...query, sweepId: params.id }),
    "sweeps.curves": async ({ params, query }, { auth }) => ({
      curves: await sweepCurves(db, auth.projectId, params.id, query),
    }),
    "sweeps.columns": ({ params, query }, { auth }) =>
      sweepColumns(db, auth.projectId, params.id, query.filter),
    "sweeps.curveBands": ({ params, query }, { auth }) =>
      sweepCurveBands(db, auth.projectId, params.id, query),
    "sweeps.timeline": ({ params }, { auth }) => sweepTimeline(db, auth.projectId, params.id),
    "sweeps.patch": async ({ params, body }, { auth }) => {
      const { projectId, keyName: actor } = auth;
      const sweep = await getSweep(db, projectId, params.id);
      const edited = await acceptEdit(deps, projectId, sweep, body);
      const target = { projectId, id: sweep.id, actor };
      const view = await editSweep(db, target, body, edited, fitsSpace(edited.space));
      await deliverSweep(deps, projectId, view.id);
      return view;
    },
    "sweeps.versions": async ({ params }, { auth }) => ({
      items: await sweepVersions(db, auth.projectId, params.id),
    }),
    "sweeps.fork": async ({ params, body }, { auth, res }) => {
      const { projectId, keyName } = auth;
      const parent = await getSweep(db, projectId, params.id);
      const { sweep, plannedRuns } = await acceptSweep(
        deps,
        projectId,
        parseSweep(forkOf(parent, body)),
      );
      if (sweep.promote !== undefined) requireScope(auth, "promote");
      const view = await createSweep(db, projectId, keyName, sweep, {
        plannedRuns,
        askedKey: auth.keyId,
        forkedFrom: parent.id,
        fits: fitsSpace(sweep.space),
      });
      await deliverSweep(deps, projectId, view.id);
      res.location(`/api/v1/sweeps/${view.id}`);
      return view;
    },
    "sweeps.enqueue": async ({ params, body }, { auth }) => {
      const { projectId, keyName: actor } = auth;
      const { space } = await getSweep(db, projectId, params.id);
      const errors = pointErrors(space, body.points);
      if (errors.length > 0)
        throw new AppError("invalid_request", "the points were not accepted", { errors });
      const view = await enqueuePoints(db, { projectId, id: params.id, actor }, body.points);
      await deliverSweep(deps, projectId, view.id);
      return view;
    },
    "sweeps.log": ({ params, query }, { auth }) => sweepLog(db, auth.projectId, params.id, query),
    "sweeps.pruningLog": async ({ params, query }, { auth }) => {
      await getSweep(db, auth.projectId, params.id); // or it is not found
      const items = await pruningLog(db, params.id, query);
      return { items, nextAfter: items.length < query.limit ? null : (items.at(-1)?.seq ?? null) };
    },
    "sweeps.replay": ({ params }, { auth, signal }) =>
      replaySweep(db, auth.projectId, params.id, signal),
    "sweeps.pareto": ({ params, query }, { auth }) =>
      paretoOf(db, auth.projectId, params.id, query.reference),
    "sweeps.importance": ({ params, query }, { auth }) =>
      importanceOf(deps, auth.projectId, params.id, query),
    "sweeps.partialDependence": ({ params, query }, { auth }) =>
      dependenceOf(deps, auth.projectId, params.id, query),
    "sweeps.surrogate": ({ params, query }, { auth }) =>
      surrogateOf(deps, auth.projectId, params.id, query),
    "sweeps.ask": async ({ params, body }, { auth }) => {
      const call = { told: [], ask: body };
      const { next } = await deps.askTell.submit(auth.projectId, params.id, call);
      announce(deps, auth.projectId);
      if (next === null) throw new TypeError("an ask was not answered");
      return next;
    },
    "sweeps.tell": ({ params, body }, { auth }) =>
      tellAndAsk(deps, auth.projectId, params.id, body),
    "sweeps.pause": async ({ params }, { auth }) => {
      const view = await pauseSweep(db, auth.projectId, params.id, auth.keyName);
      await deliverSweep(deps, auth.projectId, view.id);
      return view;
    },
    "sweeps.resume": async ({ params }, { auth }) => {
      const view = await resumeSweep(db, auth.projectId, params.id, auth.keyName);
      await deliverRuns(deps, auth.projectId, { sweepId: view.id });
      await deliverSweep(deps, auth.projectId, view.id);
      return view;
    },
    "sweeps.cancel": async ({ params }, { auth }) => {
      const view = await cancelSweep(db, auth.projectId, params.id, auth.keyName);
      await deliverSweep(deps, auth.projectId, view.id);
      return view;
    },
  };
}
