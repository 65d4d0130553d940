import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from "@tanstack/react-router";
import { cache, live } from "./api/live.js";
import {
  readCompareSearch,
  readNewSweepSearch,
  readRunListSearch,
  readSweepSearch,
} from "./search.js";
import { NotFound } from "./shell/NotFound.js";
import { PageFailure } from "./shell/PageFailure.js";
import { Shell } from "./shell/Shell.js";
import { preloadSweep } from "./sweep/preloadSweep.js";

/** Every address of the dashboard. A page's code is fetched when it is first opened. */

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
const under = { getParentRoute: () => root };

const routes = [
  createRoute({
    ...under,
    path: "/",
    component: lazyRouteComponent(() => import("./overview/OverviewPage.js"), "OverviewPage"),
  }),
  createRoute({
    ...under,
    path: "/sweeps",
    component: lazyRouteComponent(() => import("./sweeps/SweepsPage.js"), "SweepsPage"),
  }),
  createRoute({
    ...under,
    path: "/sweeps/new",
    validateSearch: readNewSweepSearch,
    component: lazyRouteComponent(() => import("./newSweep/NewSweepPage.js"), "NewSweepPage"),
  }),
  createRoute({
    ...under,
    path: "/sweeps/$sweepId",
    validateSearch: readSweepSearch,
    // No more than a head start: the page waits for none of it.
    loader: ({ params, location }) => {
      void live.settled().then((state) => {
        if (state === "live")
          void preloadSweep(cache, params.sweepId, readSweepSearch(location.search));
      });
    },
    component: lazyRouteComponent(() => import("./sweep/SweepPage.js"), "SweepPage"),
  }),
  createRoute({
    ...under,
    path: "/runs",
    validateSearch: readRunListSearch,
    component: lazyRouteComponent(() => import("./runs/RunsPage.js"), "RunsPage"),
  }),
  createRoute({
    ...under,
    path: "/runs/$runId",
    component: lazyRouteComponent(() => import("./run/RunPage.js"), "RunPage"),
  }),
  createRoute({
    ...under,
    path: "/compare",
    validateSearch: readCompareSearch,
    component: lazyRouteComponent(() => import("./compare/ComparePage.js"), "ComparePage"),
  }),
  createRoute({
    ...under,
    path: "/queue",
    component: lazyRouteComponent(() => import("./queue/QueuePage.js"), "QueuePage"),
  }),
  createRoute({
    ...under,
    path: "/workers",
    component: lazyRouteComponent(() => import("./workers/WorkersPage.js"), "WorkersPage"),
  }),
  createRoute({
    ...under,
    path: "/models",
    component: lazyRouteComponent(() => import("./models/ModelsPage.js"), "ModelsPage"),
  }),
  createRoute({
    ...under,
    path: "/batches",
    component: lazyRouteComponent(() => import("./batches/BatchesPage.js"), "BatchesPage"),
  }),
  createRoute({
    ...under,
    path: "/datasets",
    component: lazyRouteComponent(() => import("./datasets/DatasetsPage.js"), "DatasetsPage"),
  }),
  createRoute({
    ...under,
    path: "/settings",
    component: lazyRouteComponent(() => import("./settings/SettingsPage.js"), "SettingsPage"),
  }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren(routes),
  defaultPreload: "intent",
  defaultErrorComponent: PageFailure,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
