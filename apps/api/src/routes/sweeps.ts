import {
  bestRun,
  cancelSweep,
  createSweep,
  getSweep,
  listSweeps,
  pauseSweep,
  resumeSweep,
  sweepCurves,
} from "@sweepyard/db";
import { acceptSweep } from "../acceptPlan.js";
import type { ApiDeps } from "../apiDeps.js";
import { deliverRuns, deliverSweep } from "../deliver.js";
import type { HandlersOf } from "../routeHandlers.js";

export function sweepRoutes(deps: ApiDeps): HandlersOf<"sweeps"> {
  const { db } = deps;
  return {
    "sweeps.create": async ({ body }, { auth, res }) => {
      const { sweep, plannedRuns } = await acceptSweep(deps, auth.projectId, body);
      const view = await createSweep(db, auth.projectId, auth.keyName, sweep, { plannedRuns });
      await deliverSweep(deps, auth.projectId, view.id);
      res.location(`/api/v1/sweeps/${view.id}`);
      return view;
    },
    "sweeps.list": ({ query }, { auth }) => listSweeps(db, auth.projectId, query),
    "sweeps.get": ({ params }, { auth }) => getSweep(db, auth.projectId, params.id),
    "sweeps.best": async ({ params, query }, { auth }) => {
      await getSweep(db, auth.projectId, params.id); // an unknown sweep is not "no run yet"
      return bestRun(db, auth.projectId, { ...query, sweepId: params.id });
    },
    "sweeps.curves": async ({ params, query }, { auth }) => ({
      curves: await sweepCurves(db, auth.projectId, params.id, query),
    }),
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
