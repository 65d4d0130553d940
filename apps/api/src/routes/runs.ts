import { EXPORT_FORMATS, type Id, type RunView } from "@sweepyard/contract";
import {
  beatAskedRun,
  bestRun,
  compareRuns,
  createRun,
  type Db,
  getRun,
  listExports,
  listRuns,
  patchRun,
  promoteRun,
  reportAskedRun,
  requestCancel,
  requestPause,
  resumeRun,
  retryRun,
  retryRuns,
  runArtifacts,
  runAttempts,
  runLoad,
  runMetrics,
  runReport,
} from "@sweepyard/db";
import { acceptPlan } from "../acceptPlan.js";
import type { ApiDeps } from "../apiDeps.js";
import { obeyRun } from "../askTell/obeyRun.js";
import { tellRun } from "../askTell/tellAndAsk.js";
import { TestJudge } from "../compare/testJudge.js";
import { announce, deliverRuns, deliverSweep } from "../deliver.js";
import { exportRuns } from "../exportRuns.js";
import { downloadExport } from "../models/downloadExport.js";
import { ensureExports } from "../models/exportModels.js";
import { judgePromotion } from "../models/judgePromotion.js";
import { surveyLater } from "../models/surveyLater.js";
import { describeRun } from "../preview/describeRun.js";
import { previewRun } from "../preview/previewRun.js";
import type { HandlersOf, RouteContext } from "../routeHandlers.js";

type Act = (db: Db, projectId: Id, id: Id, actor: string) => Promise<RunView>;

export function runRoutes(deps: ApiDeps): HandlersOf<"runs"> {
  const { db, predictor } = deps;
  const judge = new TestJudge(deps);

  /** After an action the run may wait for a job again, and its sweep may have room or be over. */
  const act =
    (action: Act) =>
    async ({ params }: { readonly params: { id: Id } }, { auth }: RouteContext) => {
      const run = await action(db, auth.projectId, params.id, auth.keyName);
      await deliverRuns(deps, auth.projectId, { runId: run.id });
      if (run.sweepId !== null) await deliverSweep(deps, auth.projectId, run.sweepId);
      return run;
    };

  return {
    "runs.create": async ({ body }, { auth, res }) => {
      const plan = await acceptPlan(deps, auth.projectId, body.plan);
      const run = await createRun(db, auth.projectId, auth.keyName, { ...body, plan });
      await deliverRuns(deps, auth.projectId, { runId: run.id });
      res.location(`/api/v1/runs/${run.id}`);
      return run;
    },
    "runs.preview": ({ body }, { auth }) => previewRun(deps, auth.projectId, body.plan),
    "runs.list": ({ query }, { auth }) => listRuns(db, auth.projectId, query),
    "runs.export": async ({ query }, context) => {
      await exportRuns(deps, query, context);
      return undefined;
    },
    "runs.best": ({ query }, { auth }) => bestRun(db, auth.projectId, query),
    "runs.compare": ({ query }, { auth }) => compareRuns(db, auth.projectId, query.ids),
    "runs.mcnemar": ({ query }, { auth, signal }) =>
      judge.compare(auth.projectId, query.a, query.b, signal),
    "runs.model": ({ params }, { auth }) => describeRun(db, auth.projectId, params.id),
    "runs.get": ({ params }, { auth }) => getRun(db, auth.projectId, params.id),
    "runs.patch": async ({ params, body }, { auth }) => {
      const run = await patchRun(db, auth.projectId, params.id, auth.keyName, body);
      announce(deps, auth.projectId);
      return run;
    },
    "runs.metrics": async ({ params }, { auth }) => ({
      rows: await runMetrics(db, auth.projectId, params.id),
    }),
    "runs.report": ({ params }, { auth }) => runReport(db, auth.projectId, params.id),
    "runs.attempts": async ({ params }, { auth }) => ({
      items: await runAttempts(db, auth.projectId, params.id),
    }),
    "runs.artifacts": async ({ params }, { auth }) => ({
      items: await runArtifacts(db, auth.projectId, params.id),
    }),
    "runs.recordSteps": async ({ params, body }, { auth }) => {
      const run = { runId: params.id, attempt: body.attempt };
      const held = await reportAskedRun(db, auth.projectId, run, body);
      announce(deps, auth.projectId);
      return obeyRun(deps, auth.projectId, run, held, true);
    },
    "runs.heartbeat": async ({ params, body }, { auth }) => {
      const run = { runId: params.id, attempt: body.attempt };
      const held = await beatAskedRun(db, auth.projectId, run, body.lease_seconds * 1000);
      return obeyRun(deps, auth.projectId, run, held, false);
    },
    "runs.tell": async ({ params, body }, { auth }) => {
      const [told] = await tellRun(deps, auth.projectId, { run: params.id, ...body });
      if (told === undefined) throw new TypeError("one run was told of, and none answered");
      return told;
    },
    "runs.cancel": act(requestCancel),
    "runs.pause": act(requestPause),
    "runs.resume": act(resumeRun),
    "runs.retry": act(retryRun),
    "runs.retryMany": async ({ body }, { auth }) => {
      const { ids, ...answer } = await retryRuns(db, auth.projectId, auth.keyName, body.ids);
      await deliverRuns(deps, auth.projectId, "all");
      return answer;
    },
    "runs.load": async ({ params }, { auth }) => ({
      items: await runLoad(db, auth.projectId, params.id),
    }),
    "runs.exports": async ({ params }, { auth }) => ({
      items: await listExports(db, auth.projectId, params.id),
    }),
    "runs.measureExports": async ({ params, body }, { auth, signal }) => {
      const { formats = EXPORT_FORMATS } = body;
      const wanted = { projectId: auth.projectId, runId: params.id, formats, measure: true };
      return { items: await ensureExports(deps, wanted, signal) };
    },
    "runs.exportModel": ({ params }, context) => {
      const { id: runId, format } = params;
      return downloadExport(deps, { runId, format, name: `run-${runId}` }, context);
    },
    "runs.promote": async ({ params, body }, { auth, signal }) => {
      const { projectId } = auth;
      const asked = { projectId, runId: params.id, model: body.model, alias: body.alias };
      const judged = await judgePromotion(deps, asked, signal);
      await predictor.prepare(projectId, params.id);
      const version = await promoteRun(db, projectId, auth, params.id, body, judged);
      announce(deps, auth.projectId);
      surveyLater(deps, projectId, params.id);
      return version;
    },
  };
}
