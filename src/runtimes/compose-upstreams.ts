// The upstreams of a site as handlers, over the transport that the runtime brings.

import type { Handler } from "../contract/handler.ts";
import type { Platform } from "../contract/platform.ts";
import type { UpstreamSettings } from "../contract/routing.ts";
import type { Site } from "../contract/site.ts";
import { createUpstream } from "../proxy/create-upstream.ts";

/** Handlers by name, and how to end what they do on their own. */
export interface ComposedUpstreams {
  handlers: ReadonlyMap<string, Handler>;
  close(): void;
}

export function composeUpstreams({ routing }: Site, platform: Platform): ComposedUpstreams {
  const { transport, clock, log } = platform;
  if (routing === undefined || transport === undefined) return { handlers: new Map(), close() {} };
  const { trustedProxies } = routing;
  const upstreams = Object.entries(routing.upstreams).map(
    ([name, settings]) =>
      [
        name,
        createUpstream(name, fitTo(platform, settings), { transport, clock, log, trustedProxies }),
      ] as const,
  );
  return {
    handlers: new Map(upstreams.map(([name, { handler }]) => [name, handler])),
    close: () => upstreams.forEach(([, upstream]) => void upstream.close()),
  };
}

/** Workers run nothing between requests: checks at intervals would end with the request that began them. */
function fitTo({ runtime }: Platform, { activeHealth, ...settings }: UpstreamSettings): UpstreamSettings {
  return runtime === "workers" || activeHealth === undefined ? settings : { ...settings, activeHealth };
}
