// A directory of sites for tests, and questions to a server that tells them apart by host.

import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { type Agent, type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSite } from "./app-server.ts";

export interface SitesDirectory {
  /** The directory of sites. */
  root: string;
  /** A build without what only other programs need. */
  dist: string;
  /** Adds a site that is a link to the build. */
  link(name: string): Promise<void>;
  /** Adds a copy of the build, whose functions begin with other code. */
  copy(name: string, code?: string): Promise<void>;
  settings(name: string, settings: object | string): Promise<void>;
  remove(): Promise<void>;
}

export async function createSites(): Promise<SitesDirectory> {
  const project = await createSite();
  const home = await realpath(await mkdtemp(join(tmpdir(), "causeway-sites-")));
  const [root, dist] = [join(home, "sites"), join(home, "built", "dist")];
  await mkdir(root);
  await cp(join(project.root, "dist"), dist, {
    recursive: true,
    filter: (path) => !/\/runtime$|\.map$/.test(path),
  });
  await project.remove();
  return {
    root,
    dist,
    link: (name) => symlink(dist, join(root, name)),
    async copy(name, code = "") {
      const functions = await readFile(join(dist, "functions.js"), "utf8");
      await cp(dist, join(root, name), { recursive: true });
      await writeFile(join(root, name, "functions.js"), `${code}\n${functions}`);
    },
    settings: (name, settings) =>
      writeFile(
        join(root, `${name}.json`),
        typeof settings === "string" ? settings : JSON.stringify(settings),
      ),
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Question {
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  agent?: Agent;
  timeoutMs?: number;
}

/** Asks a server for a host. */
export function ask(origin: string, host: string, question: Question = {}): Promise<Answer> {
  const { path = "/who", method = "GET", headers = {}, body, agent, timeoutMs = 20_000 } = question;
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: hostname,
        port,
        path,
        method,
        agent: agent ?? false,
        timeout: timeoutMs,
        headers: { host, ...headers },
      },
      (incoming) => {
        let text = "";
        incoming.setEncoding("utf8");
        incoming.on("data", (chunk) => (text += chunk));
        incoming.on("error", reject);
        incoming.on("end", () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }),
        );
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error(`No answer of ${host} in ${timeoutMs} ms`)));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** What the function `/who` says. */
export interface Who {
  pid: number;
  host: string;
  pathname: string;
  greeting: string | undefined;
  own: string | undefined;
  names: string[];
  address: string | null;
  fields: string[];
}

export async function who(origin: string, host: string, question: Question = {}): Promise<Who> {
  const { status, text } = await ask(origin, host, question);
  if (status !== 200) throw new Error(`${host} answered ${status}: ${text}`);
  return JSON.parse(text) as Who;
}
