// What `--help` prints, made from the table of options.

import { COMMANDS, type CommandName, type OptionName, type OptionSpec, optionsOf } from "./options.ts";

interface Explanation {
  summary: string;
  details: string;
  examples: [command: string, effect: string][];
}

const EXPLANATIONS: Record<CommandName, Explanation> = {
  init: {
    summary: "write the files of a new project",
    details:
      "Writes functions/, public/, wrangler.toml, package.json and tsconfig.json, with the settings that new\n" +
      "projects get. Nothing is written over: a file that is there ends the command.",
    examples: [
      ["causeway init my-site", "a new project in a directory of its own"],
      ["causeway init", "in this directory"],
    ],
  },
  dev: {
    summary: "build, serve, and rebuild on every change",
    details:
      "Serves the project and follows its files: functions, static files, configuration, .dev.vars.\n" +
      "A build that fails leaves the last good one running. A port that is taken is passed over.",
    examples: [
      ["causeway dev", "the project in this directory, on http://127.0.0.1:8787"],
      ["causeway dev sites/shop --port 3000", "another project, another port"],
      ["causeway dev --runtime bun", "the same on Bun"],
      ["causeway dev -b API_URL=http://127.0.0.1:9000", "with a variable for the functions"],
    ],
  },
  build: {
    summary: "write a build that runs by itself",
    details:
      "Writes the site document, the bundled functions, the static files and one entry per target:\n" +
      "node dist/node.js, bun dist/bun.js, deno run -A dist/deno.js, wrangler dev for dist/workers.js.",
    examples: [
      ["causeway build", "every target, into dist/"],
      ["causeway build --target node,workers --out release", "two targets, another directory"],
      ["causeway build --strict", "fail on warnings too"],
    ],
  },
  start: {
    summary: "serve a build, or a directory of them",
    details:
      "Serves what `causeway build` wrote. Environment variables replace variables of the same name.\n" +
      "A directory whose entries are builds is served by host name, each site in processes of its own.",
    examples: [
      ["causeway start", "the build in dist/, on http://127.0.0.1:8787"],
      ["causeway start --build --port 8080", "build first"],
      ["causeway start --runtime deno --vars-file production.env", "on Deno, with secrets from a file"],
      ["causeway start --workers auto --harakiri 30s --max-rss 512M", "a worker process on each processor"],
      ["causeway start sites/", "many sites on one machine, told apart by their hosts"],
    ],
  },
  status: {
    summary: "show the state of a running application server",
    details: "Asks the master that `causeway start` left running for the build of this directory.",
    examples: [
      ["causeway status", "master, workers and counts"],
      ["causeway status --json", "the same for programs"],
    ],
  },
  top: {
    summary: "watch the workers of a running application server",
    details: "A table that is drawn anew every second: requests, time, memory, processor. Ctrl-C ends it.",
    examples: [
      ["causeway top", "until Ctrl-C"],
      ["causeway top --json", "one document per second"],
    ],
  },
  reload: {
    summary: "replace the workers of a running application server, one after the other",
    details:
      "Takes the build that lies there now. Open requests finish; if the new code cannot be loaded, the old\n" +
      "workers stay and the command fails with the reason.",
    examples: [["causeway build && causeway reload", "a new version without losing a request"]],
  },
  scale: {
    summary: "change the number of workers of a running application server",
    details: "The number comes first, the directory after it.",
    examples: [["causeway scale 4", "four workers from now on"]],
  },
  purge: {
    summary: "remove answers from the shared cache of a running server",
    details:
      "By URL, which comes first, or by --prefix, --tag or --all; the directory after it. A path in place of a URL\n" +
      "means every host. Reaches every worker, every process that serves the build on this machine, and the nodes\n" +
      "that share a Redis.",
    examples: [
      ["causeway purge https://example.com/news", "one URL, with all its variants"],
      ["causeway purge --prefix https://example.com/news/", "everything below"],
      ["causeway purge --tag article-7 --tag front", "what came with Cache-Tag: article-7 or front"],
      ["causeway purge --all", "everything"],
    ],
  },
  stop: {
    summary: "end a running application server",
    details: "Waits until open requests are answered and all processes are gone.",
    examples: [
      ["causeway stop", "in order"],
      ["causeway stop --force", "at once"],
    ],
  },
  shadow: {
    summary: "show how far moving routes answer alike, and who answers them",
    details:
      "Reads what the servers of this build have counted for routes with `shadow` or `cutover`: requests, parity,\n" +
      "the first example of a difference, answers by each side, fallbacks.",
    examples: [
      ["causeway shadow", "a table, and what differs"],
      ["causeway shadow --check 99.9", "fail if a route has less parity, or was not compared"],
      ["causeway shadow --reset", "begin anew, after a correction"],
    ],
  },
  routes: {
    summary: "print the routes in matching order",
    details: "One line per route: pattern, methods, file, and the middleware that runs before it.",
    examples: [
      ["causeway routes", "a table"],
      ["causeway routes --json", "the same for programs"],
      [
        "causeway routes --routes-json > public/_routes.json",
        "the invocation rules that Pages would generate",
      ],
    ],
  },
  assets: {
    summary: "upload the files of a build to the store they are served from",
    details:
      "Sends what is missing there, so that it can be interrupted and run again. Credentials come from the\n" +
      "environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION; for an HTTP\n" +
      "server CAUSEWAY_ASSET_STORE_TOKEN.",
    examples: [
      ["causeway assets push", "to the store of the project's settings"],
      [
        "causeway assets push --asset-store s3://my-bucket/site --dry-run",
        "tell what is missing in a bucket",
      ],
    ],
  },
  deploy: {
    summary: "build for Workers and hand over to wrangler",
    details: "Arguments after -- go to `wrangler deploy` as they are.",
    examples: [
      ["causeway deploy --dry-run", "build and measure, without account or network"],
      ["causeway deploy --env production", "deploy one environment"],
      ["causeway deploy -- --tag v42", "with an option of wrangler"],
    ],
  },
};

/** What stands between a command and the directory. */
const OPERANDS: Partial<Record<CommandName, string>> = { scale: " N", purge: " [URL]", assets: " push" };

/** Help for one command, or for all. */
export function formatHelp(command: CommandName | undefined): string {
  return command === undefined ? generalHelp() : commandHelp(command);
}

function generalHelp(): string {
  const rows = COMMANDS.map((name): [string, string] => [`causeway ${name}`, EXPLANATIONS[name].summary]);
  const examples = COMMANDS.map((name) => EXPLANATIONS[name].examples[0] as [string, string]);
  const general = optionsOf(undefined).filter(([, spec]) => spec.commands === undefined);
  return [
    "Static files in public/, routes in functions/: one site for Node, Bun, Deno and Workers.",
    section("Usage", ["causeway <command> [directory] [options]"]),
    section("Commands", columns(rows)),
    section("Options of every command", columns(optionRows(general))),
    section("Examples", columns(examples)),
    "\n`causeway <command> --help` explains one command.",
  ].join("\n");
}

function commandHelp(command: CommandName): string {
  const { summary, details, examples } = EXPLANATIONS[command];
  const operand = OPERANDS[command] ?? "";
  return [
    `causeway ${command}: ${summary}`,
    `\n${details}`,
    section("Usage", [`causeway ${command}${operand} [directory] [options]`]),
    section("Options", columns(optionRows(optionsOf(command)))),
    section("Examples", columns(examples)),
  ].join("\n");
}

function optionRows(options: [OptionName, OptionSpec][]): [string, string][] {
  return options.map(([name, { alias, value, help }]) => {
    const short = alias === undefined ? "    " : `-${alias}, `;
    return [`${short}--${name}${value === undefined ? "" : ` ${value}`}`, help];
  });
}

function section(title: string, lines: string[]): string {
  return `\n${title}:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

function columns(rows: [string, string][]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`);
}
