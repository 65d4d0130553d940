import {
  type BatchOptionsInput,
  type ExportFormat,
  ROUTES,
  type RouteAnswer,
  type RouteInput,
  type RouteName,
} from "@sweepyard/contract";
import { archiveForm, readLines } from "./batchCalls.js";
import { datasetForm, type UploadDataset } from "./datasetForm.js";
import { type FollowOptions, followEvents } from "./followEvents.js";
import { type CallInput, type CallOptions, type ClientOptions, Transport } from "./transport.js";

type Body<N extends RouteName> = RouteInput<N>["body"];
type Query<N extends RouteName> = RouteInput<N>["query"];

/**
 * A typed client of the API. Every call returns what the contract's table says, or throws:
 * `ApiError` for what the API refused, `AppError` `unavailable` if it can't be reached.
 */
export function createClient(options: ClientOptions) {
  const transport = new Transport(options);

  async function call<N extends RouteName>(
    name: N,
    input: CallInput<N>,
    callOptions?: CallOptions,
  ): Promise<RouteAnswer<N>> {
    const response = await transport.send(name, input, callOptions);
    if (!("response" in ROUTES[name])) return undefined as RouteAnswer<N>;
    return (await response.json()) as RouteAnswer<N>;
  }

  return {
    /** Any route of the contract, by name. The methods below are shorthand for it. */
    call,

    /** Live events until `signal` aborts, over lost connections. */
    events: (follow?: FollowOptions) => followEvents(transport, follow),

    sweeps: {
      create: (body: Body<"sweeps.create">, o?: CallOptions) => call("sweeps.create", { body }, o),
      /** What `create` would do, without doing it. */
      preview: (body: Body<"sweeps.preview">, o?: CallOptions) =>
        call("sweeps.preview", { body }, o),
      list: (query: Query<"sweeps.list"> = {}, o?: CallOptions) =>
        call("sweeps.list", { query }, o),
      /** How the best of each came about; of many sweeps in one call. */
      bestSoFar: (ids: readonly string[], o?: CallOptions) =>
        call("sweeps.bestSoFar", { query: { ids } }, o),
      get: (id: string, o?: CallOptions) => call("sweeps.get", { params: { id } }, o),
      best: (id: string, query: Query<"sweeps.best"> = {}, o?: CallOptions) =>
        call("sweeps.best", { params: { id }, query }, o),
      curves: (id: string, query: Query<"sweeps.curves"> = {}, o?: CallOptions) =>
        call("sweeps.curves", { params: { id }, query }, o),
      columns: (id: string, query: Query<"sweeps.columns"> = {}, o?: CallOptions) =>
        call("sweeps.columns", { params: { id }, query }, o),
      curveBands: (id: string, query: Query<"sweeps.curveBands"> = {}, o?: CallOptions) =>
        call("sweeps.curveBands", { params: { id }, query }, o),
      timeline: (id: string, o?: CallOptions) => call("sweeps.timeline", { params: { id } }, o),
      patch: (id: string, body: Body<"sweeps.patch">, o?: CallOptions) =>
        call("sweeps.patch", { params: { id }, body }, o),
      versions: (id: string, o?: CallOptions) => call("sweeps.versions", { params: { id } }, o),
      fork: (id: string, body: Body<"sweeps.fork"> = {}, o?: CallOptions) =>
        call("sweeps.fork", { params: { id }, body }, o),
      enqueue: (id: string, body: Body<"sweeps.enqueue">, o?: CallOptions) =>
        call("sweeps.enqueue", { params: { id }, body }, o),
      log: (id: string, query: Query<"sweeps.log"> = {}, o?: CallOptions) =>
        call("sweeps.log", { params: { id }, query }, o),
      pruningLog: (id: string, query: Query<"sweeps.pruningLog"> = {}, o?: CallOptions) =>
        call("sweeps.pruningLog", { params: { id }, query }, o),
      replay: (id: string, o?: CallOptions) => call("sweeps.replay", { params: { id } }, o),
      pareto: (id: string, query: Query<"sweeps.pareto"> = {}, o?: CallOptions) =>
        call("sweeps.pareto", { params: { id }, query }, o),
      importance: (id: string, query: Query<"sweeps.importance"> = {}, o?: CallOptions) =>
        call("sweeps.importance", { params: { id }, query }, o),
      partialDependence: (
        id: string,
        query: Query<"sweeps.partialDependence"> = {},
        o?: CallOptions,
      ) => call("sweeps.partialDependence", { params: { id }, query }, o),
      surrogate: (id: string, query: Query<"sweeps.surrogate">, o?: CallOptions) =>
        call("sweeps.surrogate", { params: { id }, query }, o),
      /** Takes runs to train them here; see `runs.recordSteps`, `runs.heartbeat` and `runs.tell`. */
      ask: (id: string, body: Body<"sweeps.ask"> = {}, o?: CallOptions) =>
        call("sweeps.ask", { params: { id }, body }, o),
      tell: (id: string, body: Body<"sweeps.tell">, o?: CallOptions) =>
        call("sweeps.tell", { params: { id }, body }, o),
      pause: (id: string, o?: CallOptions) => call("sweeps.pause", { params: { id } }, o),
      resume: (id: string, o?: CallOptions) => call("sweeps.resume", { params: { id } }, o),
      cancel: (id: string, o?: CallOptions) => call("sweeps.cancel", { params: { id } }, o),
    },

    runs: {
      create: (body: Body<"runs.create">, o?: CallOptions) => call("runs.create", { body }, o),
      preview: (body: Body<"runs.preview">, o?: CallOptions) => call("runs.preview", { body }, o),
      list: (query: Query<"runs.list"> = {}, o?: CallOptions) => call("runs.list", { query }, o),
      /** The answer itself: its body is a CSV or JSON file. */
      export: (query: Query<"runs.export"> = {}, o?: CallOptions): Promise<Response> =>
        transport.send("runs.export", { query }, o),
      best: (query: Query<"runs.best"> = {}, o?: CallOptions) => call("runs.best", { query }, o),
      compare: (ids: readonly string[], o?: CallOptions) =>
        call("runs.compare", { query: { ids } }, o),
      /** McNemar's test of two classifiers on the same test rows. */
      mcnemar: (a: string, b: string, o?: CallOptions) =>
        call("runs.mcnemar", { query: { a, b } }, o),
      get: (id: string, o?: CallOptions) => call("runs.get", { params: { id } }, o),
      model: (id: string, o?: CallOptions) => call("runs.model", { params: { id } }, o),
      patch: (id: string, body: Body<"runs.patch">, o?: CallOptions) =>
        call("runs.patch", { params: { id }, body }, o),
      metrics: (id: string, o?: CallOptions) => call("runs.metrics", { params: { id } }, o),
      report: (id: string, o?: CallOptions) => call("runs.report", { params: { id } }, o),
      attempts: (id: string, o?: CallOptions) => call("runs.attempts", { params: { id } }, o),
      artifacts: (id: string, o?: CallOptions) => call("runs.artifacts", { params: { id } }, o),
      recordSteps: (id: string, body: Body<"runs.recordSteps">, o?: CallOptions) =>
        call("runs.recordSteps", { params: { id }, body }, o),
      heartbeat: (id: string, body: Body<"runs.heartbeat">, o?: CallOptions) =>
        call("runs.heartbeat", { params: { id }, body }, o),
      tell: (id: string, body: Body<"runs.tell">, o?: CallOptions) =>
        call("runs.tell", { params: { id }, body }, o),
      cancel: (id: string, o?: CallOptions) => call("runs.cancel", { params: { id } }, o),
      pause: (id: string, o?: CallOptions) => call("runs.pause", { params: { id } }, o),
      resume: (id: string, o?: CallOptions) => call("runs.resume", { params: { id } }, o),
      retry: (id: string, o?: CallOptions) => call("runs.retry", { params: { id } }, o),
      /** Without ids: failed runs, the one that failed last first. */
      retryMany: (body: Body<"runs.retryMany"> = {}, o?: CallOptions) =>
        call("runs.retryMany", { body }, o),
      load: (id: string, o?: CallOptions) => call("runs.load", { params: { id } }, o),
      exports: (id: string, o?: CallOptions) => call("runs.exports", { params: { id } }, o),
      measureExports: (id: string, body: Body<"runs.measureExports"> = {}, o?: CallOptions) =>
        call("runs.measureExports", { params: { id }, body }, o),
      /** The answer itself, so that its body can be streamed. */
      exportModel: (id: string, format: ExportFormat, o?: CallOptions): Promise<Response> =>
        transport.send("runs.exportModel", { params: { id, format } }, o),
      promote: (id: string, body: Body<"runs.promote">, o?: CallOptions) =>
        call("runs.promote", { params: { id }, body }, o),
    },

    artifacts: {
      /** The answer itself, so that its body can be streamed. */
      content: (id: string, o?: CallOptions): Promise<Response> =>
        transport.send("artifacts.content", { params: { id } }, o),
    },

    datasets: {
      list: (o?: CallOptions) => call("datasets.list", {}, o),
      get: (name: string, query: Query<"datasets.get"> = {}, o?: CallOptions) =>
        call("datasets.get", { params: { name }, query }, o),
      versions: (name: string, o?: CallOptions) =>
        call("datasets.versions", { params: { name } }, o),
      preview: (name: string, query: Query<"datasets.preview"> = {}, o?: CallOptions) =>
        call("datasets.preview", { params: { name }, query }, o),
      /** The answer itself: its body is a PNG. */
      sprite: (
        name: string,
        query: Query<"datasets.sprite"> = {},
        o?: CallOptions,
      ): Promise<Response> => transport.send("datasets.sprite", { params: { name }, query }, o),
      /** The answer itself: its body is a PNG of the rows, side by side. */
      images: (name: string, query: Query<"datasets.images">, o?: CallOptions): Promise<Response> =>
        transport.send("datasets.images", { params: { name }, query }, o),
      create: (upload: UploadDataset, o?: CallOptions) =>
        call("datasets.create", { body: datasetForm(upload) }, o),
    },

    models: {
      list: (o?: CallOptions) => call("models.list", {}, o),
      get: (name: string, o?: CallOptions) => call("models.get", { params: { name } }, o),
      setAlias: (name: string, alias: string, body: Body<"models.setAlias">, o?: CallOptions) =>
        call("models.setAlias", { params: { name, alias }, body }, o),
      rollback: (
        name: string,
        alias: string,
        body: Body<"models.rollback"> = {},
        o?: CallOptions,
      ) => call("models.rollback", { params: { name, alias }, body }, o),
      setPolicy: (name: string, body: Body<"models.setPolicy">, o?: CallOptions) =>
        call("models.setPolicy", { params: { name }, body }, o),
      promotions: (name: string, query: Query<"models.promotions"> = {}, o?: CallOptions) =>
        call("models.promotions", { params: { name }, query }, o),
      decide: (name: string, id: string, body: Body<"models.decide">, o?: CallOptions) =>
        call("models.decide", { params: { name, id }, body }, o),
      changes: (name: string, o?: CallOptions) => call("models.changes", { params: { name } }, o),
      patchVersion: (
        name: string,
        version: number,
        body: Body<"models.patchVersion">,
        o?: CallOptions,
      ) => call("models.patchVersion", { params: { name, version }, body }, o),
      deleteVersion: (name: string, version: number, o?: CallOptions) =>
        call("models.deleteVersion", { params: { name, version } }, o),
      exports: (name: string, version: number, o?: CallOptions) =>
        call("models.exports", { params: { name, version } }, o),
      measureExports: (
        name: string,
        version: number,
        body: Body<"models.measureExports"> = {},
        o?: CallOptions,
      ) => call("models.measureExports", { params: { name, version }, body }, o),
      /** The answer itself, so that its body can be streamed. */
      export: (
        name: string,
        version: number,
        format: ExportFormat,
        o?: CallOptions,
      ): Promise<Response> =>
        transport.send("models.export", { params: { name, version, format } }, o),
      /** `challenger: null` ends its trial. */
      setChallenger: (name: string, body: Body<"models.setChallenger">, o?: CallOptions) =>
        call("models.setChallenger", { params: { name }, body }, o),
      serving: (name: string, query: Query<"models.serving"> = {}, o?: CallOptions) =>
        call("models.serving", { params: { name }, query }, o),
      /** `name` may end in @alias or @version. */
      predict: (name: string, body: Body<"models.predict">, o?: CallOptions) =>
        call("models.predict", { params: { name }, body }, o),
      /** `image` is a PNG or a JPEG. */
      predictImage: (
        name: string,
        image: Blob,
        query: Query<"models.predict"> = {},
        o?: CallOptions,
      ) => call("models.predict", { params: { name }, query, body: image }, o),
    },

    batches: {
      /** Rows of a data set, or pictures in base64. `name` may end in @alias or @version. */
      create: (name: string, body: Body<"batches.create">, o?: CallOptions) =>
        call("batches.create", { params: { name }, body }, o),
      /** Pictures in a zip, tar or tar.gz; the paths in it are the items' ids. */
      createFromArchive: (
        name: string,
        archive: Blob,
        options: BatchOptionsInput = {},
        o?: CallOptions,
      ) => call("batches.create", { params: { name }, body: archiveForm(archive, options) }, o),
      list: (query: Query<"batches.list"> = {}, o?: CallOptions) =>
        call("batches.list", { query }, o),
      get: (id: string, o?: CallOptions) => call("batches.get", { params: { id } }, o),
      /** Results so far, line by line, as they arrive. */
      results: (id: string, query: Query<"batches.results"> = {}, o?: CallOptions) =>
        readLines(() => transport.send("batches.results", { params: { id }, query }, o)),
      cancel: (id: string, o?: CallOptions) => call("batches.cancel", { params: { id } }, o),
      retry: (id: string, o?: CallOptions) => call("batches.retry", { params: { id } }, o),
      delete: (id: string, o?: CallOptions) => call("batches.delete", { params: { id } }, o),
    },

    webhooks: {
      create: (body: Body<"webhooks.create">, o?: CallOptions) =>
        call("webhooks.create", { body }, o),
      list: (o?: CallOptions) => call("webhooks.list", {}, o),
      patch: (id: string, body: Body<"webhooks.patch">, o?: CallOptions) =>
        call("webhooks.patch", { params: { id }, body }, o),
      delete: (id: string, o?: CallOptions) => call("webhooks.delete", { params: { id } }, o),
      rotateSecret: (id: string, o?: CallOptions) =>
        call("webhooks.rotateSecret", { params: { id } }, o),
      test: (id: string, o?: CallOptions) => call("webhooks.test", { params: { id } }, o),
      deliveries: (id: string, query: Query<"webhooks.deliveries"> = {}, o?: CallOptions) =>
        call("webhooks.deliveries", { params: { id }, query }, o),
      redeliver: (id: string, deliveryId: string, o?: CallOptions) =>
        call("webhooks.redeliver", { params: { id, deliveryId } }, o),
    },

    workers: {
      list: (o?: CallOptions) => call("workers.list", {}, o),
      load: (query: Query<"workers.load"> = {}, o?: CallOptions) =>
        call("workers.load", { query }, o),
      drain: (id: string, body: Body<"workers.drain"> = {}, o?: CallOptions) =>
        call("workers.drain", { params: { id }, body }, o),
      resume: (id: string, o?: CallOptions) => call("workers.resume", { params: { id } }, o),
    },
    queue: {
      get: (o?: CallOptions) => call("queue.get", {}, o),
      history: (query: Query<"queue.history"> = {}, o?: CallOptions) =>
        call("queue.history", { query }, o),
    },
    me: { get: (o?: CallOptions) => call("me.get", {}, o) },

    projects: {
      /** Its first key has every scope. */
      create: (body: Body<"projects.create">, o?: CallOptions) =>
        call("projects.create", { body }, o),
    },

    keys: {
      list: (o?: CallOptions) => call("keys.list", {}, o),
      create: (body: Body<"keys.create">, o?: CallOptions) => call("keys.create", { body }, o),
      revoke: (id: string, o?: CallOptions) => call("keys.revoke", { params: { id } }, o),
    },

    session: {
      /** A link that logs one browser in, once. */
      createLink: (o?: CallOptions) => call("loginLinks.create", {}, o),
      /** Trades an API key for a session cookie; in browsers. */
      logIn: async (key: string, o?: CallOptions): Promise<void> => {
        await transport.request("POST", "/login", { ...o, body: { key } });
      },
      logOut: async (o?: CallOptions): Promise<void> => {
        await transport.request("POST", "/logout", o);
      },
    },
  };
}

export type Client = ReturnType<typeof createClient>;
