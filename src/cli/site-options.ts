// What the options that all commands share say about the project.

import { loadProject, type ProjectOptions } from "../config/load-project.ts";
import type { Project } from "../config/project.ts";
import { CausewayError } from "../contract/errors.ts";
import type { Problem } from "../contract/problem.ts";
import { isPort } from "./check-option.ts";
import type { Output } from "./output.ts";
import type { CommandLine } from "./parse-arguments.ts";

/** The command line as the project loader wants it. */
export function projectOptions({ directory, options }: CommandLine): ProjectOptions {
  return {
    directory,
    assets: options.directories.get("assets"),
    functions: options.directories.get("functions"),
    outDir: options.texts.get("out"),
    environment: options.texts.get("env") ?? process.env.CLOUDFLARE_ENV,
    bindings: readBindings(options.lists.get("binding") ?? []),
    compatibilityDate: options.texts.get("compatibility-date"),
    compatibilityFlags: options.lists.get("compatibility-flag"),
  };
}

/** `NAME=VALUE` texts as an object; a value may contain further equals signs. */
export function readBindings(bindings: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    bindings.map((binding) => {
      const equals = binding.indexOf("=");
      return [binding.slice(0, equals), binding.slice(equals + 1)];
    }),
  );
}

/** Loads the project of a command line, or fails with everything that is wrong with it. */
export async function requireProject(
  line: CommandLine,
  output: Output,
): Promise<{ project: Project; problems: Problem[] }> {
  const { project, problems } = await loadProject(projectOptions(line));
  if (project === undefined) {
    output.require(problems);
    throw new CausewayError("invalid-project", "Cannot load the project", { problems });
  }
  return { project, problems };
}

/** Where to listen: options, then the environment, then the defaults. */
export function readAddress({ options }: CommandLine): { host: string; port: number } {
  const port = options.texts.get("port") ?? process.env.PORT ?? "8787";
  if (!isPort(port)) {
    throw new CausewayError("bad-usage", `Cannot use "${port}" as a port`, {
      remedy: "PORT in the environment must be a number from 0 to 65535.",
    });
  }
  return { port: Number(port), host: options.texts.get("host") ?? process.env.HOST ?? "127.0.0.1" };
}
