// What the master says about one of many sites carries the site's name.

import type { LogSink } from "../../contract/platform.ts";

/** The same log, each line with the name. */
export function createSiteLog(log: LogSink, site: string): LogSink {
  return {
    access: (record) => log.access(record),
    error: (message, error, fields) => log.error(message, error, { site, ...fields }),
    warn: (message, fields) => log.warn(message, { site, ...fields }),
  };
}
