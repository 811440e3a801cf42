// What operators may ask of many sites: of all of them, and below `/sites/NAME` of one.

import process from "node:process";
import { CausewayError } from "../../contract/errors.ts";
import { createMasterDoor } from "../app-server/control-server.ts";
import { formatMetrics, PROMETHEUS_TYPE } from "../app-server/prometheus.ts";
import { type ControlAnswer, type ControlDoor, json } from "../server/control-door.ts";
import type { Emperor } from "./emperor.ts";
import type { SiteRunner } from "./site-runner.ts";
import { describeSites } from "./sites-status.ts";

const INNER = /^\/sites\/([^/]+)(\/.+)$/;

/** The door of an emperor. */
export function createSitesDoor(
  emperor: Emperor,
  directory: string,
  reload: () => Promise<unknown>,
): ControlDoor {
  const describe = () => json(200, describeSites(emperor, directory));
  return {
    read: {
      "/status": describe,
      "/metrics": () => ({ status: 200, body: formatAll(emperor), type: PROMETHEUS_TYPE }),
      "/live": () => ({ status: 200, body: "alive\n" }),
      "/ready": () => {
        const isReady = emperor.front.supervisor.rows().some(({ state }) => state === "ready");
        return { status: isReady ? 200 : 503, body: `${isReady ? "ready" : "starting"}\n` };
      },
    },
    change: {
      "/reload": async () => {
        await reload();
        return describe();
      },
      "/scale": () => {
        throw new CausewayError("bad-usage", "Cannot scale many sites at once", {
          remedy: "Name one of them: causeway scale 4 sites/shop.",
        });
      },
      "/purge": () => {
        throw new CausewayError("bad-usage", "Cannot purge many sites at once", {
          remedy: "Name one of them after what is purged: causeway purge --all sites/shop.",
        });
      },
      "/stop": ({ force }) => {
        if (force === true) emperor.kill();
        process.emit("SIGTERM");
        return json(202, { stopping: true });
      },
    },
    inner(path) {
      const [, name = "", rest = ""] = INNER.exec(path) ?? [];
      if (name === "") return undefined;
      const runner = emperor.runners.find((one) => encodeURIComponent(one.name) === name);
      return {
        door: runner === undefined ? createMissingDoor(emperor, name) : createSiteDoor(runner),
        path: rest,
      };
    },
  };
}

/** Whoever asks for a site that is not there hears which are. */
function createMissingDoor({ runners }: Emperor, name: string): ControlDoor {
  const refuse = (): ControlAnswer => {
    const names = runners.map((runner) => runner.name).join(", ");
    throw new CausewayError("not-running", `Cannot find the site "${decodeURIComponent(name)}" here`, {
      remedy: names === "" ? "There is none yet." : `These are here: ${names}.`,
    });
  };
  return {
    read: { "/status": refuse, "/metrics": refuse, "/live": refuse, "/ready": refuse },
    change: { "/reload": refuse, "/scale": refuse, "/stop": refuse, "/purge": refuse },
  };
}

/** Like that of a server of one site; where nothing of the site runs, everything but a reload says why. */
function createSiteDoor(runner: SiteRunner): ControlDoor {
  const { master, rates } = runner;
  const stop = async () => {
    await runner.stop();
    return json(200, { stopped: true });
  };
  if (master !== undefined) return createMasterDoor({ master, rates, stop, reload: () => runner.reload() });
  const refuse = (): ControlAnswer => {
    throw new CausewayError(
      "not-running",
      `The site "${runner.name}" does not run: ${runner.failure ?? runner.state}`,
      {
        remedy: `\`causeway reload\` starts it again.`,
      },
    );
  };
  const reload = async () => {
    await runner.reload();
    return findStatus(createSiteDoor(runner));
  };
  return {
    read: { "/status": refuse, "/metrics": refuse, "/live": refuse, "/ready": refuse },
    change: { "/reload": reload, "/scale": refuse, "/stop": stop, "/purge": refuse },
  };
}

function findStatus({ read }: ControlDoor): ControlAnswer | Promise<ControlAnswer> {
  const status = read["/status"];
  return status === undefined ? { status: 404, body: "Not Found\n" } : status({});
}

function formatAll({ runners, front }: Emperor): string {
  const sites = runners.flatMap(({ name, master }) =>
    master === undefined ? [] : [{ labels: { site: name }, pools: master.pools }],
  );
  return formatMetrics([{ labels: { site: "" }, pools: [front] }, ...sites]);
}
