// `causeway status`: the state of a running application server, once.

import { fetchStatus } from "../../runtimes/app-server/control-client.ts";
import { findControl } from "../find-control.ts";
import { formatState } from "../format-sites.ts";
import type { Output } from "../output.ts";
import type { CommandLine } from "../parse-arguments.ts";

export async function runStatus(line: CommandLine, output: Output): Promise<void> {
  const status = await fetchStatus(await findControl(line));
  output.result(formatState(status), { ...status });
}
