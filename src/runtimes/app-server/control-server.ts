// What operators may ask of an application server: its state, a reload, another number of workers, a purge, its end.

import { type ControlAnswer, type ControlDoor, json } from "../server/control-door.ts";
import { createPurgeRoute } from "../server/purge-route.ts";
import type { Master } from "./master.ts";
import { formatMetrics, PROMETHEUS_TYPE } from "./prometheus.ts";
import { describeServer, stateOf } from "./status.ts";
import type { WorkerRates } from "./worker-rates.ts";

export interface MasterDoorOptions {
  master: Master;
  rates: WorkerRates;
  /** Ends the server in order, or at once. */
  stop: (force: boolean) => ControlAnswer | Promise<ControlAnswer>;
  reload?: () => Promise<void>;
}

/** What one application server answers. */
export function createMasterDoor(options: MasterDoorOptions): ControlDoor {
  const { master, rates, stop, reload = () => master.reload() } = options;
  const describe = () => json(200, describeServer(master, rates));
  return {
    read: {
      "/status": describe,
      "/metrics": () => ({
        status: 200,
        body: formatMetrics([{ labels: {}, pools: master.pools }]),
        type: PROMETHEUS_TYPE,
      }),
      "/live": () => ({ status: 200, body: "alive\n" }),
      "/ready": () => {
        const state = stateOf(master);
        return { status: state === "ready" || state === "idle" ? 200 : 503, body: `${state}\n` };
      },
    },
    change: {
      "/reload": async () => {
        await reload();
        return describe();
      },
      "/scale": ({ workers }) => {
        if (!Number.isInteger(workers) || (workers as number) < 1)
          return json(400, { error: "workers: 1 or more" });
        // Where functions are isolated, they are what there may be too few of.
        master.pools.at(-1)?.supervisor.scale(workers as number);
        return describe();
      },
      "/stop": ({ force }) => stop(force === true),
      "/purge": createPurgeRoute((selection) => master.cache.purge(selection)),
    },
  };
}
