// Which file answers a path under Workers' `html_handling`? Workers docs, "Static assets: HTML handling".
// Each mode is a table: the form of a path → steps in order, of which the first that holds decides.

import { decodePath } from "../http/request-target.ts";
import type { ContentLookup, Place, PlaceFinder, WorkersHtmlHandling } from "./asset-place.ts";

/** Serve the file at a path, or send whoever asks for what `file` holds on to another path. */
type Step = { serve: string } | { file: string; moveTo: string };

/** How a path ends: `/index`, `/index.html`, `/`, `.html` or otherwise. */
type PathForm = "index" | "indexHtml" | "slash" | "html" | "other";

/** Steps for a path and what is left of it without the ending. */
type StepRule = (path: string, stem: string) => Step[];

/** What to try for each form, and after that for every path. */
interface Procedure {
  byForm: Readonly<Record<PathForm, StepRule>>;
  last: (path: string) => Step[];
}

const serve = (path: string): Step => ({ serve: path });
const move = (file: string, to: string): Step => ({ file, moveTo: to });
const nothing: StepRule = () => [];

/** Pages without a slash, directories with one. */
const AUTO: Procedure = {
  byForm: {
    index: (path, stem) => [serve(path), move(`${path}.html`, `${stem}/`), move(`${stem}.html`, stem)],
    indexHtml: (path, stem) => [move(path, `${stem}/`), move(`${stem}.html`, stem)],
    slash: (path, stem) => [serve(`${path}index.html`), move(`${stem}.html`, stem)],
    html: (path, stem) => [move(path, stem), move(`${stem}/index.html`, `${stem}/`)],
    other: nothing,
  },
  last: (path) => [serve(path), serve(`${path}.html`), move(`${path}/index.html`, `${path}/`)],
};

/** Everything under a slash. */
const FORCE: Procedure = {
  byForm: {
    index: (path, stem) => [serve(path), move(`${path}.html`, `${stem}/`), move(`${stem}.html`, `${stem}/`)],
    indexHtml: (path, stem) => [move(path, `${stem}/`), move(`${stem}.html`, `${stem}/`)],
    slash: (path, stem) => [serve(`${path}index.html`), serve(`${stem}.html`)],
    html: (path, stem) => [move(path, `${stem}/`), serve(path), move(`${stem}/index.html`, `${stem}/`)],
    other: nothing,
  },
  last: (path) => [serve(path), move(`${path}.html`, `${path}/`), move(`${path}/index.html`, `${path}/`)],
};

/** Nothing under a slash but the root, which has no other address. */
const DROP: Procedure = {
  byForm: {
    index: (path, stem) =>
      stem === ""
        ? [serve(path), move("/index.html", "/")]
        : [serve(path), move(`${stem}.html`, stem), move(`${path}.html`, stem)],
    indexHtml: (path, stem) =>
      stem === "" ? [move(path, "/")] : [move(path, stem), serve(path), move(`${stem}.html`, stem)],
    slash: (_path, stem) =>
      stem === "" ? [serve("/index.html")] : [move(`${stem}.html`, stem), move(`${stem}/index.html`, stem)],
    html: (path, stem) => [move(path, stem), move(`${stem}/index.html`, stem)],
    other: nothing,
  },
  last: (path) => [serve(path), serve(`${path}.html`), serve(`${path}/index.html`)],
};

/** Files answer under their own names only. */
const NONE: Procedure = {
  byForm: { index: nothing, indexHtml: nothing, slash: nothing, html: nothing, other: nothing },
  last: (path) => [serve(path)],
};

const PROCEDURES: Readonly<Record<WorkersHtmlHandling, Procedure>> = {
  "auto-trailing-slash": AUTO,
  "force-trailing-slash": FORCE,
  "drop-trailing-slash": DROP,
  none: NONE,
};

const ENDINGS: readonly [PathForm, string][] = [
  ["index", "/index"],
  ["indexHtml", "/index.html"],
  ["slash", "/"],
  ["html", ".html"],
];

/** Finds files under one of the four modes. */
export function createWorkersPlaceFinder(mode: WorkersHtmlHandling): PlaceFinder {
  const procedure = PROCEDURES[mode];
  return (path, contentAt) => {
    for (const step of stepsFor(procedure, path)) {
      if ("serve" in step) {
        if (contentAt(step.serve) !== undefined) return { kind: "file", path: step.serve };
      } else if (isMoved(step.file, step.moveTo, procedure, contentAt)) {
        return { kind: "redirect", path: step.moveTo };
      }
    }
    return undefined;
  };
}

function stepsFor({ byForm, last }: Procedure, path: string): Step[] {
  const [form, ending] = ENDINGS.find(([, text]) => path.endsWith(text)) ?? ["other" as const, ""];
  return [...byForm[form](path, path.slice(0, path.length - ending.length)), ...last(path)];
}

/** Only to an address that, without further redirects, serves the very content that was asked for. */
function isMoved(file: string, to: string, procedure: Procedure, contentAt: ContentLookup): boolean {
  const content = contentAt(file);
  if (content === undefined || contentAt(to) !== undefined) return false;
  const place = findInPlace(stepsFor(procedure, to), contentAt);
  return place !== undefined && contentAt(place.path) === content;
}

function findInPlace(steps: readonly Step[], contentAt: ContentLookup): Place | undefined {
  const step = steps.find((candidate) => "serve" in candidate && contentAt(candidate.serve) !== undefined);
  return step !== undefined && "serve" in step ? { kind: "file", path: step.serve } : undefined;
}

/** Workers decode each segment for itself and take a run of slashes for one. */
export function decodeWorkersPath(pathname: string): string {
  return pathname
    .split("/")
    .map(decodePath)
    .join("/")
    .replace(/\/{2,}/g, "/");
}
