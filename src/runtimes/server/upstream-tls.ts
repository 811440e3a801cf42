// TLS settings of an upstream in the words of node:tls. Verification is on unless it was switched off by name.

import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import type { ServerAddress, UpstreamTls } from "../../contract/transport.ts";

/** What a connection to this server needs. */
export function tlsSettings(tls: UpstreamTls, address: ServerAddress): ConnectionOptions {
  const name = tls.serverName ?? (address.kind === "tcp" ? address.hostname : undefined);
  return {
    rejectUnauthorized: tls.dangerouslyAcceptAnyCertificate !== true,
    minVersion: "TLSv1.2",
    // An address is no name to ask for (RFC 6066 §3); the certificate is compared with it all the same.
    ...(name === undefined || isIP(name) !== 0 ? {} : { servername: name }),
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.certificate === undefined ? {} : { cert: tls.certificate }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
  };
}
