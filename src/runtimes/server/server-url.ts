// The URL under which a server that listens on an address can be reached from this machine.

/** `0.0.0.0` and `::` become `localhost`, IPv6 addresses get brackets. */
export function serverUrl(host: string, port: number): URL {
  const everywhere = host === "0.0.0.0" || host === "::";
  const name = everywhere ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return new URL(`http://${name}:${port}/`);
}
