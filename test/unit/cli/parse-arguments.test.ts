import { describe, expect, test } from "vitest";
import { parseArguments } from "../../../src/cli/parse-arguments.ts";

const parse = (line: string) => parseArguments(line.split(" ").filter((word) => word !== ""));
const messages = (line: string) => parse(line).problems.map(({ message }) => message);

describe("parseArguments", () => {
  test("reads command, directory and options in any order", () => {
    const { command, directory, options, problems } = parse("--json dev site --port 3000 --host=0.0.0.0 -q");
    expect({ command, directory, problems }).toEqual({ command: "dev", directory: "site", problems: [] });
    expect([...options.flags]).toEqual(["json", "quiet"]);
    expect([...options.texts]).toEqual([
      ["port", "3000"],
      ["host", "0.0.0.0"],
    ]);
  });

  test("takes the value of an option in front of the command for what it is", () => {
    expect(parse("--port 3000 dev")).toMatchObject({ command: "dev", directory: ".", problems: [] });
  });

  test("collects repeatable options; only closed sets are split at commas", () => {
    const { options } = parse("build --target node,bun --target deno -b A=1,2 --binding B=");
    expect(options.lists.get("target")).toEqual(["node", "bun", "deno"]);
    expect(options.lists.get("binding")).toEqual(["A=1,2", "B="]);
  });

  test("a directory option without a directory means none", () => {
    const { options, problems } = parse("dev . --assets public --functions --port 8000");
    expect(problems).toEqual([]);
    expect(options.directories.get("assets")).toBe("public");
    expect(options.directories.get("functions")).toBe(false);
    expect(options.texts.get("port")).toBe("8000");
  });

  test("keeps what follows -- for the program that is called", () => {
    expect(parse("deploy --dry-run -- --tag v1 --minify")).toMatchObject({
      rest: ["--tag", "v1", "--minify"],
      problems: [],
    });
  });

  test("names all mistakes at once, each with the nearest name", () => {
    const { problems } = parse("dev a b --prot --port=x --runtime nod --quiet=1 --out x");
    expect(problems.map(({ message }) => message)).toEqual([
      "There is no option --prot",
      'Cannot use "x" as a port',
      '--runtime cannot be "nod"',
      "--quiet takes no value",
      "`causeway dev` has no option --out",
      'Unexpected argument "b"',
    ]);
    expect(problems[0]?.remedy).toContain('"--port"');
  });

  test("names an unknown command and the nearest one", () => {
    const { command, problems } = parse("biuld");
    expect(command).toBeUndefined();
    expect(problems).toMatchObject([{ message: 'There is no command "biuld"' }]);
    expect(problems[0]?.remedy).toContain('"build"');
  });

  test("refuses a missing value, a binding without a value and a date that is none", () => {
    expect(messages("dev --host")).toEqual(["--host needs a value"]);
    expect(messages("dev -b A")).toEqual(['-b "A" sets nothing']);
    expect(messages("dev --compatibility-date today")).toEqual(['--compatibility-date "today" is no date']);
    expect(messages("dev --port 65536")).toEqual(['Cannot use "65536" as a port']);
  });

  test("accepts storage bindings as wrangler writes them, with a warning for each", () => {
    expect(parse("dev --kv CACHE --r2=FILES=bucket --port 1")).toMatchObject({
      options: { texts: new Map([["port", "1"]]) },
      problems: [
        { severity: "warning", message: expect.stringContaining("`env` will not have CACHE: KV") },
        { severity: "warning", message: expect.stringContaining("`env` will not have FILES: R2") },
      ],
    });
    expect(messages("routes --d1 DB")).toEqual(["`causeway routes` has no option --d1"]);
    expect(messages("dev --kv")).toEqual(["--kv needs a value"]);
  });
});
