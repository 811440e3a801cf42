// A worker of the front of many sites: connections that the master accepts, routes that it sends.

import type { FrontBrief } from "../app-server/messages.ts";
import { runWorker, takeConnections } from "../app-server/run-worker.ts";
import { startWatchdog } from "../app-server/watchdog.ts";
import { WorkerGate } from "../app-server/worker-gate.ts";
import { BackgroundWork } from "../request-context.ts";
import { FrontRoutes } from "./front-routes.ts";
import { createFrontServer } from "./front-server.ts";
import { FRONT_DEADLINE_MS } from "./site-route.ts";

runWorker<FrontBrief>(async ({ routes, backlog, accessLog }, log) => {
  const gate = new WorkerGate({ defaultMs: FRONT_DEADLINE_MS, routes: [] }, backlog);
  const front = createFrontServer({ routes: new FrontRoutes(), gate, log, accessLog });
  front.route(routes);
  startWatchdog({ suspectAfterMs: FRONT_DEADLINE_MS, stuckAfterMs: FRONT_DEADLINE_MS }, () =>
    gate.describeOpen(),
  );
  const { server, tunnels } = front;
  return {
    parts: {
      node: { server, webSockets: tunnels, work: new BackgroundWork(log) },
      connections: takeConnections(server),
      gate,
      log,
    },
    hear(message) {
      if (message.kind === "routes") front.route(message.routes);
    },
  };
});
