// The frame of every demo page: navigation, the demo itself, and its own source beside it.

import type { Child } from "hono/jsx";
import { type DemoFile, sources } from "./sources.js";

const DEMOS: { path: string; title: string }[] = [
  { path: "/demos/hello/Ada", title: "Parameters" },
  { path: "/demos/guestbook", title: "A form" },
  { path: "/demos/json", title: "JSON" },
  { path: "/demos/stream", title: "A stream" },
  { path: "/demos/broken", title: "An error" },
];

export interface PageProps {
  title: string;
  /** Path of the page, to mark it in the navigation. */
  current: string;
  /** Source files shown beside the demo. */
  files: DemoFile[];
  children?: Child;
}

/** A whole HTML document. */
export function Page({ title, current, files, children }: PageProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} · Causeway`}</title>
        <link rel="stylesheet" href="/style.css" />
        <link rel="icon" href="/images/icon.svg" type="image/svg+xml" />
      </head>
      <body>
        <Navigation current={current} />
        <main class="demo">
          <section class="stage">
            <h1>{title}</h1>
            {children}
          </section>
          <section class="source" aria-label="Source">
            {files.map((file) => (
              <figure>
                <figcaption>functions/{file}</figcaption>
                <pre tabindex={0}>
                  <code>{sources[file]}</code>
                </pre>
              </figure>
            ))}
          </section>
        </main>
      </body>
    </html>
  );
}

function Navigation({ current }: { current: string }) {
  return (
    <header class="bar">
      <a class="mark" href="/">
        <img src="/images/icon.svg" alt="" width="28" height="28" /> Causeway
      </a>
      <nav>
        {DEMOS.map(({ path, title }) => (
          <a href={path} aria-current={path === current ? "page" : undefined}>
            {title}
          </a>
        ))}
      </nav>
    </header>
  );
}

/** The document as a response, with its doctype. */
export function html(page: unknown, status = 200): Response {
  return new Response(`<!doctype html>${page}`, {
    status,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  });
}
