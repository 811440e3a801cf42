// What operators may ask the master of an application server, and what they may have it do.

import type { Server } from "node:http";
import {
  type ControlRoute,
  type ControlRoutes,
  json,
  openControlPort,
  openControlSocket,
} from "../server/control-door.ts";
import { createPurgeRoute } from "../server/purge-route.ts";
import type { Master } from "./master.ts";
import { formatMetrics, PROMETHEUS_TYPE } from "./prometheus.ts";
import { describeServer, stateOf } from "./status.ts";
import type { WorkerRates } from "./worker-rates.ts";

export interface ControlOptions {
  master: Master;
  rates: WorkerRates;
  /** Ends the server in order. */
  stop: () => void;
}

/** Everything, for those who may open the socket. */
export function openMasterSocket(path: string, options: ControlOptions): Promise<Server> {
  return openControlSocket(path, { ...readingRoutes(options), ...changingRoutes(options) });
}

/** On a port of this machine only what changes nothing. */
export function openMasterPort(port: number, options: ControlOptions): Promise<Server> {
  return openControlPort(port, readingRoutes(options));
}

function readingRoutes({ master, rates }: ControlOptions): ControlRoutes {
  return {
    "/status": get(() => json(200, describeServer(master, rates))),
    "/metrics": get(() => ({ status: 200, body: formatMetrics(master), type: PROMETHEUS_TYPE })),
    "/live": get(() => ({ status: 200, body: "alive\n" })),
    "/ready": get(() => {
      const state = stateOf(master);
      return { status: state === "ready" ? 200 : 503, body: `${state}\n` };
    }),
  };
}

function changingRoutes({ master, rates, stop }: ControlOptions): ControlRoutes {
  return {
    "/reload": post(async () => {
      await master.reload();
      return json(200, describeServer(master, rates));
    }),
    "/scale": post(({ workers }) => {
      if (!Number.isInteger(workers) || (workers as number) < 1)
        return json(400, { error: "workers: 1 or more" });
      // Where functions are isolated, they are what there may be too few of.
      master.pools.at(-1)?.supervisor.scale(workers as number);
      return json(200, describeServer(master, rates));
    }),
    "/stop": post(({ force }) => {
      if (force === true) master.kill();
      stop();
      return json(202, { stopping: true });
    }),
    "/purge": createPurgeRoute((selection) => master.cache.purge(selection)),
  };
}

function get(answer: ControlRoute["answer"]): ControlRoute {
  return { method: "GET", answer };
}

function post(answer: ControlRoute["answer"]): ControlRoute {
  return { method: "POST", answer };
}
