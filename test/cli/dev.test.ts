// `causeway dev` follows a project: whatever decides an answer may change, and a mistake breaks nothing.

import { rmSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeProject, type Running, startCli, writeFiles } from "./run-cli.ts";

const PAGE = { "public/index.html": "home" };
const answer = (text: string) => `export const onRequest = ({ env }) => new Response(${text})`;

async function startDev(root: string, ...more: string[]): Promise<{ dev: Running; url: string }> {
  const dev = startCli(["dev", root, "--port", "0", ...more]);
  const [url] = await dev.printed(/http:\/\/127\.0\.0\.1:\d+/);
  return { dev, url };
}

/** Asks until the answer is the wanted one; the test's own time limit ends the wait. */
async function untilAnswers(url: string, wanted: string | number, init?: RequestInit): Promise<Response> {
  for (;;) {
    const response = await fetch(url, init);
    const got = typeof wanted === "number" ? response.status : await response.clone().text();
    if (got === wanted) return response;
  }
}

describe("causeway dev", () => {
  test("serves static files and functions, and answers with what was saved last", async () => {
    const root = makeProject({ ...PAGE, "functions/a.js": answer("'one'") });
    const { url } = await startDev(root);
    expect(await (await fetch(url)).text()).toBe("home");
    expect(await (await fetch(`${url}/a`)).text()).toBe("one");
    writeFiles(root, "functions/a.js", answer("'two'"));
    await untilAnswers(`${url}/a`, "two");
    writeFiles(root, "public/index.html", "new home");
    await untilAnswers(url, "new home");
  });

  test("notices files that a function imports, also outside functions/", async () => {
    const root = makeProject({
      ...PAGE,
      "src/text.ts": "export const text: string = 'one'",
      "functions/a.ts": `import { text } from "../src/text.ts";\n${answer("text").replace("({ env })", "()")}`,
    });
    const { url } = await startDev(root);
    await untilAnswers(`${url}/a`, "one");
    writeFiles(root, "src/text.ts", "export const text: string = 'two'");
    await untilAnswers(`${url}/a`, "two");
  });

  test("goes on with the last good build, names the mistake, and recovers", async () => {
    const root = makeProject({ ...PAGE, "functions/a.js": answer("'good'") });
    const { dev, url } = await startDev(root);
    writeFiles(root, "functions/a.js", "export const onRequest = (");
    await dev.printed(/functions\/a\.js:1:\d+: error: /);
    expect(await (await fetch(`${url}/a`)).text()).toBe("good");
    writeFiles(root, "functions/a.js", answer("'better'"));
    await untilAnswers(`${url}/a`, "better");
  });

  test("goes on when the new code throws while it is loaded", async () => {
    const root = makeProject({ ...PAGE, "functions/a.js": answer("'good'") });
    const { dev, url } = await startDev(root);
    writeFiles(root, "functions/a.js", `throw new Error("boot trouble");\n${answer("'bad'")}`);
    await dev.printed(/boot trouble[\s\S]*functions\/a\.js:1/);
    expect(await (await fetch(`${url}/a`)).text()).toBe("good");
  });

  test("notices functions/, special files and configuration that did not exist before", async () => {
    const root = makeProject(PAGE);
    const { url } = await startDev(root);
    writeFiles(root, "functions/a.js", answer("env.NAME ?? 'none'"));
    await untilAnswers(`${url}/a`, "none");
    writeFiles(root, "wrangler.toml", '[vars]\nNAME = "configured"');
    await untilAnswers(`${url}/a`, "configured");
    writeFiles(root, ".dev.vars", "NAME=secret");
    await untilAnswers(`${url}/a`, "secret");
    writeFiles(root, "public/_redirects", "/old /new 301");
    await untilAnswers(`${url}/old`, 301, { redirect: "manual" });
    rmSync(join(root, "functions"), { recursive: true });
    await untilAnswers(`${url}/a`, "home");
  });

  test("goes on when a function leaves a rejected promise or a throwing timer behind, and logs both", async () => {
    const text = `export const onRequest = () => {
  Promise.reject(new Error("nobody awaits this"));
  setTimeout(() => { throw new Error("thrown by a timer"); });
  return new Response("fine");
}`;
    const { dev, url } = await startDev(makeProject({ "functions/a.js": text }));
    expect(await (await fetch(`${url}/a`)).text()).toBe("fine");
    await dev.printed(/nobody awaits this[\s\S]*functions\/a\.js:2/);
    await dev.printed(/thrown by a timer[\s\S]*functions\/a\.js:3/);
    expect(await (await fetch(`${url}/a`)).text()).toBe("fine");
  });

  test("notices files outside the project that a function imports", async () => {
    const shared = makeProject({ "text.js": "export const text = 'one'" });
    const source = `import { text } from ${JSON.stringify(join(shared, "text.js"))};\n${answer("text")}`;
    const { url } = await startDev(makeProject({ "functions/a.js": source }));
    await untilAnswers(`${url}/a`, "one");
    writeFiles(shared, "text.js", "export const text = 'two'");
    await untilAnswers(`${url}/a`, "two");
  });

  test("ends on Ctrl-C at once, with exit code 0", async () => {
    const { dev, url } = await startDev(makeProject(PAGE));
    await (await fetch(url)).text();
    const startedMs = performance.now();
    dev.child.kill("SIGINT");
    expect((await dev.finished).code).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });

  test("ends with exit code 1 if the first build fails", async () => {
    const root = makeProject({ ...PAGE, "functions/a.js": "throw new Error('boot trouble')" });
    writeFiles(root, "functions/b.js", `throw new Error("boot trouble");\n${answer("1")}`);
    const { code, stderr } = await startCli(["dev", root, "--port", "0"]).finished;
    expect(code).toBe(1);
    expect(stderr).toContain("boot trouble");
  });

  test("tells programs what happens in lines of JSON", async () => {
    const root = makeProject({ ...PAGE, "functions/a.js": answer("'one'") });
    const { dev } = await startDev(root, "--json");
    writeFiles(root, "functions/a.js", answer("'two'"));
    await dev.printed(/"event":"rebuilt"/);
    writeFiles(root, "functions/a.js", "export const onRequest = (");
    const [line] = await dev.printed(/\{"event":"failed".*\}/);
    expect(JSON.parse(line).problems[0]).toMatchObject({ file: "functions/a.js", line: 1 });
  });

  test.each(["bun", "deno"])("serves and rebuilds on %s too", async (runtime) => {
    const root = makeProject({ ...PAGE, "functions/a.js": answer("env.NAME"), ".dev.vars": "NAME=one" });
    const { dev, url } = await startDev(root, "--runtime", runtime);
    await untilAnswers(`${url}/a`, "one");
    writeFiles(root, "functions/a.js", answer("env.NAME + ' two'"));
    await dev.printed(/Rebuilt/);
    await untilAnswers(`${url}/a`, "one two");
    dev.child.kill("SIGINT");
    expect((await dev.finished).code).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });

  test.each(["bun", "deno"])("leaves no process on %s even if it is killed", async (runtime) => {
    const root = makeProject({ ...PAGE, "functions/a.js": answer("'one'") });
    const { dev, url } = await startDev(root, "--runtime", runtime);
    await untilAnswers(`${url}/a`, "one");
    dev.child.kill("SIGKILL");
    for (let answers = true; answers; ) {
      answers = await fetch(`${url}/a`).then(
        () => true,
        () => false,
      );
    }
  });

  test.each(["node", "bun", "deno", "workerd"])(
    "keeps foreign pages out on %s",
    { timeout: 40_000 },
    async (runtime) => {
      const socket = `export const onRequest = () => {
  const [client, server] = Object.values(new WebSocketPair());
  server.accept();
  return new Response(null, { status: 101, webSocket: client });
}`;
      const root = makeProject({ ...PAGE, "functions/a.js": answer("'one'"), "functions/socket.js": socket });
      const { url } = await startDev(root, "--runtime", runtime, "--allowed-host", "Tunnel.example");
      const browser = { "accept-encoding": "gzip, deflate" };
      const statuses = async (host: string, fields: Record<string, string>) => {
        // Twice: the second time the page may be answered by what was prepared the first time.
        const paths = ["/", "/", "/a"];
        const answers = [];
        for (const path of paths) answers.push(await askAs(url, path, { host, ...fields }));
        return answers;
      };
      expect(await statuses(new URL(url).host, browser)).toEqual([200, 200, 200]);
      expect(await statuses("localhost:1", browser)).toEqual([200, 200, 200]);
      expect(await statuses("tunnel.example", browser)).toEqual([200, 200, 200]);
      expect(await statuses("evil.localhost", browser)).toEqual([403, 403, 403]);
      expect(await statuses("example.test", browser)).toEqual([403, 403, 403]);
      expect(await statuses("example.test", {})).toEqual([200, 200, 200]);
      expect(await openSocket(url, "http://localhost:5173")).toBe(101);
      expect(await openSocket(url, "http://evil.example")).toBe(403);
    },
  );
});

/** The status for a request under another name than the one it is sent to. */
function askAs(url: string, path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, url), { headers, agent: false }, (incoming) => {
      incoming.resume().once("end", () => resolve(incoming.statusCode));
    });
    outgoing.once("error", reject).end();
  });
}

function openSocket(url: string, origin: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = {
      connection: "Upgrade",
      upgrade: "websocket",
      origin,
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    const outgoing = request(new URL("/socket", url), { headers, agent: false });
    outgoing.once("response", (incoming) => resolve(incoming.resume().statusCode));
    outgoing.once("upgrade", (incoming, socket) => {
      socket.destroy();
      resolve(incoming.statusCode);
    });
    outgoing.once("error", reject).end();
  });
}
