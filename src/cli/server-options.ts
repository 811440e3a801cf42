// The options of the application server: one row each, with its default and the key in package.json.

import type { OptionSpec } from "./options.ts";

const START = ["start"] as const;

/** Options of `causeway start` on Node; each is also a key, in camel case, of `causeway.server` in package.json. */
export const SERVER_OPTIONS = {
  workers: {
    kind: "text",
    value: "N|auto",
    help: "worker processes; 0 serves in this one (one per CPU)",
    commands: START,
  },
  "min-workers": {
    kind: "text",
    value: "N",
    help: "workers when there is little to do (as --workers)",
    commands: START,
  },
  isolate: {
    kind: "text",
    value: "N",
    help: "run the functions in N processes of their own (0)",
    commands: START,
  },
  harakiri: {
    kind: "list",
    value: "[PATH=]DURATION",
    help: "deadline of a request, also by path (60s)",
    commands: START,
  },
  backlog: {
    kind: "text",
    value: "N",
    help: "requests in flight per worker, 503 beyond (1000)",
    commands: START,
  },
  "max-requests": {
    kind: "text",
    value: "N",
    help: "replace a worker after so many (never)",
    commands: START,
  },
  "max-lifetime": {
    kind: "text",
    value: "DURATION",
    help: "replace a worker at this age (never)",
    commands: START,
  },
  "max-rss": {
    kind: "text",
    value: "SIZE",
    help: "replace a worker above this memory (never)",
    commands: START,
  },
  "kill-rss": {
    kind: "text",
    value: "SIZE",
    help: "kill a worker above this memory (never)",
    commands: START,
  },
  "max-cpu": {
    kind: "text",
    value: "PERCENT[/DURATION]",
    help: "replace a worker that uses more of a CPU for so long (never; 30s)",
    commands: START,
  },
  "max-heap": {
    kind: "text",
    value: "SIZE",
    help: "hard limit of a worker's JavaScript heap",
    commands: START,
  },
  idle: {
    kind: "text",
    value: "DURATION",
    help: "end the workers after this long without a request, start them at the next (never)",
    commands: START,
  },
  drain: {
    kind: "text",
    value: "DURATION",
    help: "time for open requests when a worker leaves (30s)",
    commands: START,
  },
  "stream-grace": {
    kind: "text",
    value: "DURATION",
    help: "the same for event streams and WebSockets (5s)",
    commands: START,
  },
  unix: { kind: "text", value: "PATH", help: "listen on a unix socket instead of a port", commands: START },
  "unix-mode": {
    kind: "text",
    value: "MODE",
    help: "who may connect to it, as chmod says it (umask)",
    commands: START,
  },
  control: {
    kind: "text",
    value: "PATH",
    help: "control socket",
    commands: ["start", "status", "reload", "scale", "purge", "stop", "top", "shadow"],
  },
  "control-port": {
    kind: "port",
    value: "PORT",
    help: "/metrics, /status, /live, /ready on 127.0.0.1",
    commands: START,
  },
  "pid-file": { kind: "text", value: "FILE", help: "write the master's process id", commands: START },
  user: {
    kind: "text",
    value: "USER[:GROUP]",
    help: "become this user after binding the port",
    commands: START,
  },
  "access-log": { kind: "flag", help: "log one line for each request", commands: START },
  sites: { kind: "flag", help: "the directory holds many sites, each an entry of it", commands: START },
  front: {
    kind: "text",
    value: "N|auto",
    help: "processes in front of many sites (1)",
    commands: START,
  },
  "no-watch": { kind: "flag", help: "do not reload by itself when there is a new build", commands: START },
  force: { kind: "flag", help: "do not wait for open requests", commands: ["stop"] },
} as const satisfies Record<string, OptionSpec>;

/** Those that a server without workers has no use for; only its access log is its own. */
export const MASTER_OPTIONS = (Object.keys(SERVER_OPTIONS) as (keyof typeof SERVER_OPTIONS)[]).filter(
  (name) => name !== "workers" && name !== "access-log" && name !== "force",
);
