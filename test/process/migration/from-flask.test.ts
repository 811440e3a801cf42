// docs/from-flask.md from the first page to the last: its files, its commands, a real uWSGI with a real Flask, and
// after each step the same questions to Flask alone and to what stands in front of it.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../app-server.ts";
import { ask, type Question, type Reply } from "../proxy/ask.ts";
import {
  createFolder,
  findFreePort,
  findProgram,
  hasPythonModule,
  type Peer,
  startPeer,
} from "../proxy/peers.ts";
import { type Instruction, readWalkthrough } from "./read-walkthrough.ts";

const PAGE = resolve(import.meta.dirname, "../../../docs/from-flask.md");
const BIN = resolve(import.meta.dirname, "../../../lib/cli/bin.js");
/** Where the page has the application lie, and the port that it asks. */
const PLACE = "/srv/books";
const PORT = "8787";

const missing = [
  ...["uwsgi", "curl"].filter((name) => findProgram(name) === undefined),
  ...(hasPythonModule("flask") ? [] : ["python3-flask"]),
];

const boundary = "----x";
const upload = [
  `--${boundary}\r\nContent-Disposition: form-data; name="cover"; filename="ü.bin"\r\n`,
  `Content-Type: application/octet-stream\r\n\r\n${"y".repeat(100_000)}\r\n--${boundary}--\r\n`,
].join("");
const form = { "content-type": "application/x-www-form-urlencoded" };

const QUESTIONS: Question[] = [
  ...["/", "/books/1", "/books/3", "/books/99", "/books/x", "/nowhere", "/no/where"].map((path) => ({
    path,
  })),
  ...["/api/books", "/api/books?q=cities", "/api/books?q=%26", "/api/books?q=+", "/api/books?q=x&q=y"].map(
    (path) => ({ path }),
  ),
  ...["/st%C3%A4dte/k%C3%B6ln", "/st%C3%A4dte/%F0%9F%98%80", "/st%C3%A4dte/a%20b%26c", "/st%C3%A4dte/"].map(
    (path) => ({ path }),
  ),
  ...["/login", "/account", "/catalogue", "/static/style.css"].map((path) => ({ path })),
  ...["/", "/books/1", "/books/99", "/api/books"].map((path) => ({ path, method: "HEAD" })),
  { path: "/login", method: "POST", headers: form, body: "name=Ann+%C3%9C%3Cb%3E" },
  { path: "/login", method: "POST", headers: form, body: "name=+" },
  { path: "/login", method: "POST", headers: form, body: "" },
  { path: "/account", headers: { cookie: "session=eyJ1c2VyIjoiYW5uIn0.aaaaaa.AAAAAAAAAAAAAAAAAAAAAAAAAAA" } },
  { path: "/account", headers: { cookie: "session=; session=x" } },
  {
    path: "/covers",
    method: "POST",
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    body: upload,
  },
  { path: "/covers", method: "POST", headers: form, body: "cover=x" },
  { path: "/books/1", method: "POST", headers: form, body: "" },
];

interface Counts {
  first: number;
  other: number;
  fallbacks: number;
}

/** What must stay the same: everything but the time, white space, signatures, and the notes with redirects. */
function essence({ path, method }: Question, { status, headers, body }: Reply) {
  const isRedirect = status === 301 || status === 302;
  const isFile = path.startsWith("/static/");
  const location = headers.location && new URL(headers.location, "http://site.test").pathname;
  const cookies = (headers["set-cookie"] ?? [])
    .filter((text) => !text.startsWith("causeway-cutover="))
    .map((text) =>
      text
        .replace(/=[^;]*/, "")
        .split(/; */)
        .sort()
        .join("; "),
    );
  if (isRedirect) return { path, status, location, cookies };
  return {
    path,
    method,
    status,
    cookies,
    type: headers["content-type"]?.toLowerCase().replace("; ", ";"),
    nosniff: headers["x-content-type-options"],
    vary: isFile ? undefined : headers.vary?.replace(/,? *accept-encoding/i, ""),
    body: normalise(headers["content-type"], body.toString()),
  };
}

function normalise(type: string | undefined, text: string): unknown {
  if (type !== "application/json" || text === "") return text.replace(/\s+/g, " ").trim();
  return JSON.parse(text, (key, value) => (key === "generated_at" ? typeof value : value));
}

describe.skipIf(missing.length > 0)(
  `from Flask to functions${missing.length > 0 ? ` (not installed: ${missing})` : ""}`,
  { timeout: 120_000 },
  () => {
    let folder: Awaited<ReturnType<typeof createFolder>>;
    let root: string;
    let flaskPort: number;
    let port: number;
    let sections: Map<string, Instruction[]>;
    let uwsgi: Peer | undefined;
    let server: ChildProcess | undefined;
    let alone: object[];

    beforeAll(async () => {
      folder = await createFolder();
      root = join(folder.path, "books");
      [flaskPort, port] = [await findFreePort(), await findFreePort()];
      await mkdir(root);
      // What `npx causeway` finds in a project that has it installed.
      await mkdir(join(folder.path, "bin"));
      await writeFile(
        join(folder.path, "bin", "npx"),
        `#!/bin/sh\nshift\nexec "${process.execPath}" "${BIN}" "$@"\n`,
      );
      await chmod(join(folder.path, "bin", "npx"), 0o755);
      const page = (await readFile(PAGE, "utf8"))
        .replaceAll(PLACE, root)
        .replaceAll(`:${PORT}/`, `:${port}/`);
      sections = new Map(readWalkthrough(page).map(({ title, instructions }) => [title, instructions]));
    });

    afterAll(async () => {
      server?.kill("SIGTERM");
      if (server?.exitCode === null) await new Promise((done) => server?.once("exit", done));
      await run("npx causeway shadow --reset").catch(() => undefined);
      await uwsgi?.stop();
      await folder?.remove();
    });

    /** Does what a section says, in its order. */
    async function follow(title: string): Promise<void> {
      const instructions = sections.get(title);
      if (instructions === undefined) throw new Error(`There is no section "${title}"`);
      for (const [index, instruction] of instructions.entries()) {
        if (instruction.kind === "file") await write(instruction.path, instruction.text);
        if (instruction.kind !== "commands") continue;
        const next = instructions[index + 1];
        for (const line of instruction.lines) {
          if (line.startsWith("npx causeway shadow") && !line.endsWith("--reset")) {
            await expectReport(line, next?.kind === "output" ? next.text : undefined);
          } else await run(line);
        }
      }
    }

    async function write(path: string, text: string): Promise<void> {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }

    async function run(line: string): Promise<string> {
      if (line.startsWith("uwsgi --ini")) {
        const [, ...args] = line.split(" ");
        const direct = ["--http-socket", `127.0.0.1:${flaskPort}`, "--disable-logging", "--chdir", root];
        uwsgi = await startPeer(
          "uwsgi",
          [...args.slice(0, -1), join(root, args.at(-1) as string), ...direct],
          flaskPort,
        );
        return "";
      }
      if (line.startsWith("npx causeway start")) return start(line);
      const { stdout } = await promisify(execFile)("sh", ["-ec", line], { cwd: root, env: environment() });
      return stdout;
    }

    /** The server that stays: the command ends only with the test. */
    function start(line: string): Promise<string> {
      let output = "";
      server = spawn("sh", ["-c", `exec ${line}`], {
        cwd: root,
        env: environment(),
        stdio: ["ignore", "pipe", "pipe"],
      });
      for (const stream of [server.stdout, server.stderr]) stream?.on("data", (chunk) => (output += chunk));
      return until(() => (/is served on/.test(output) ? output : undefined), `It serves, but: ${output}`);
    }

    function environment(): NodeJS.ProcessEnv {
      const { HOST: _host, ...rest } = process.env;
      return { ...rest, PORT: String(port), PATH: `${join(folder.path, "bin")}:${process.env.PATH}` };
    }

    /** Comparisons are counted a moment after the answers: the page's reader is not as quick as a test. */
    async function expectReport(line: string, text: string | undefined): Promise<void> {
      const withoutTimes = (printed: string) => printed.replace(/ differed first at .*/g, "").trimEnd();
      const look = () => run(line).then(withoutTimes, (error: Error) => `It failed: ${error.message}`);
      if (text !== undefined) await expect.poll(look, { timeout: 30_000 }).toBe(withoutTimes(text));
      else await expect.poll(look, { timeout: 30_000 }).toContain("PARITY");
    }

    async function expectEqualAnswers(expected?: object[]): Promise<void> {
      for (const [index, question] of QUESTIONS.entries()) {
        const reference = expected?.[index] ?? essence(question, await ask(flaskPort, question));
        expect(essence(question, await ask(port, question))).toEqual(reference);
      }
    }

    /** Logs in on one side, and has the other side (or the same) say who that is. */
    async function expectSharedSession(from: number, to: number, place = "", name = "Jörg"): Promise<void> {
      const login = await ask(from, {
        path: "/login",
        method: "POST",
        headers: form,
        body: `name=${encodeURIComponent(name)}`,
      });
      const cookie = (login.headers["set-cookie"] ?? []).map((text) => text.split(";")[0] as string);
      const session = cookie.find((text) => text.startsWith("session="));
      const headers = { cookie: [session, place].filter(Boolean).join("; ") };
      for (const path of ["/account", "/", "/books/1", "/nowhere"]) {
        expect((await ask(to, { path, headers })).body.toString()).toContain(`Reading as ${name}<`);
      }
    }

    /** What the page leaves to its reader to change. */
    async function reconfigure(from: string, to: string): Promise<void> {
      const config = join(root, "causeway.config.ts");
      const text = await readFile(config, "utf8");
      expect(text).toContain(from);
      await writeFile(config, text.replaceAll(from, to));
      await run("npx causeway build && npx causeway reload");
    }

    async function countAnswers(): Promise<
      Record<string, { first: number; other: number; fallbacks: number }>
    > {
      const { routes } = JSON.parse(await run("npx causeway shadow --json")) as {
        routes: { route: string; cutover?: Counts }[];
      };
      const moved = routes.flatMap(({ route, cutover }) => {
        if (cutover === undefined) return [];
        const { first, other, fallbacks } = cutover;
        return [[route, { first, other, fallbacks }] as const];
      });
      return Object.fromEntries(moved);
    }

    it("1. the application answers", async () => {
      await follow("1. The application");
      alone = [];
      for (const question of QUESTIONS) alone.push(essence(question, await ask(flaskPort, question)));
      const statuses = new Set(alone.map((answer) => (answer as { status: number }).status));
      expect([...statuses].sort()).toEqual([200, 201, 301, 302, 400, 404, 405]);
    });

    it("2. Causeway in front changes nothing", async () => {
      await follow("2. Day one: in front, and nothing else");
      await expectEqualAnswers();
      await expectSharedSession(port, port);
    });

    it("3. static files are the same without Python", async () => {
      await follow("3. Static files");
      const question = { path: "/static/style.css" };
      const index = QUESTIONS.findIndex(({ path }) => path === question.path);
      const reply = await ask(port, question);
      expect(essence(question, reply)).toEqual(alone[index]);
      expect(reply.headers.server).toBeUndefined();
      await expectEqualAnswers(alone);
    });

    it("4. the shadow finds what a first function lacks, and then nothing more", async () => {
      await follow("4. A first route, in the shadow");
      await expectEqualAnswers(alone);
    });

    it("5. one client in ten is moved, always the same ones", async () => {
      await follow("5. Moving the clients");
      const addresses = Array.from({ length: 60 }, (_, index) => `127.0.0.${index + 1}`);
      const whoAnswers = async () => {
        const answers = await Promise.all(
          addresses.map((address) => askFrom(address, port, "/api/books?q=cities")),
        );
        // Flask ends its JSON with a line feed.
        return addresses.filter((_, index) => !answers[index]?.endsWith("\n"));
      };
      const moved = await whoAnswers();
      expect(moved.length).toBeGreaterThan(0);
      expect(moved.length).toBeLessThan(20);
      expect(await whoAnswers()).toEqual(moved);
      const counts = { first: 120 - 2 * moved.length, other: 2 * moved.length, fallbacks: 0 };
      await expect.poll(countAnswers, { timeout: 30_000 }).toEqual({ "/api/books": counts });
      await expectEqualAnswers(alone);
    });

    it("6. pages are the same, also for who is logged in", async () => {
      await follow("6. Pages, and who is reading");
      await expectEqualAnswers(alone);
      await expectSharedSession(port, port);
    });

    it("7. a session that one side has begun goes on at the other", async () => {
      await follow("7. What writes: login and upload");
      await expectEqualAnswers(alone);
      await reconfigure(
        'upstream: "flask", shadow }',
        'upstream: "flask", shadow, cutover: { percent: 50 } }',
      );
      // A number of the cutover's cookie for each side, found by asking.
      const sides = new Map<boolean, string>();
      for (let number = 0; sides.size < 2 && number < 100; number += 1) {
        const place = `causeway-cutover=${number.toString(16).padStart(16, "0")}`;
        const { body } = await ask(port, { path: "/login", headers: { cookie: place } });
        // Jinja leaves the line of a block's beginning empty.
        sides.set(/<\/p>\n {2}<form/.test(body.toString()), place);
      }
      expect(sides.size).toBe(2);
      for (const place of sides.values()) {
        await expectSharedSession(flaskPort, port, place);
        await expectSharedSession(port, port, place);
      }
      await expectSharedSession(port, flaskPort);
      // Flask packs a session that is shorter so.
      await expectSharedSession(flaskPort, port, sides.get(true), "Jörg ".repeat(200).trim());
    });

    it("8. the rest is compared and moved, half of the clients and then all", async () => {
      await follow("8. What is left");
      await expectEqualAnswers(alone);
      await run("npx causeway shadow --reset");
      await expect
        .poll(
          async () => {
            for (const question of QUESTIONS.slice(0, 12)) await ask(port, question);
            return run("npx causeway shadow --check 100").then(
              () => "equal",
              (error: Error) => error.message,
            );
          },
          { timeout: 30_000 },
        )
        .toBe("equal");
      await reconfigure("percent: 50", "percent: 100");
      await run("npx causeway shadow --reset");
      await expectEqualAnswers(alone);
      // The redirect and the file have routes of their own.
      const counts = { first: 0, other: QUESTIONS.length - 2, fallbacks: 0 };
      await expect.poll(countAnswers, { timeout: 30_000 }).toEqual({ "/*": counts });
    });

    it("9. Flask is gone, and nobody sees a difference", async () => {
      await follow("9. The last route");
      await expect.poll(() => uwsgi?.process.exitCode, { timeout: 10_000 }).toBe(0);
      await expectEqualAnswers(alone);
      await expectSharedSession(port, port);
      // As the page says: Flask answers 405.
      expect((await ask(port, { path: "/covers" })).status).toBe(404);
    });

    it("leaves no section of the page out", () => {
      expect([...sections.keys()].map((title) => title.split(".")[0])).toEqual([
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
      ]);
    });
  },
);

/** One GET from an address of this machine. */
function askFrom(localAddress: string, port: number, path: string): Promise<string> {
  return new Promise((done, fail) => {
    const options = { host: "127.0.0.1", port, path, localAddress, agent: false };
    const outgoing = request(options, (incoming) => {
      let text = "";
      incoming.on("data", (chunk) => (text += chunk));
      incoming.on("end", () => done(text));
    });
    outgoing.on("error", fail);
    outgoing.end();
  });
}
