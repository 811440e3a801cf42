// The page that listens to ./events.

import type { PagesFunction } from "causeway";
import { html, Page } from "../../_site/layout.tsx";

const LISTEN = `
  const list = document.querySelector("#events");
  const source = new EventSource("/demos/stream/events");
  source.addEventListener("tick", (event) => {
    const { count, at } = JSON.parse(event.data);
    const item = document.createElement("li");
    item.textContent = "tick " + count + " at " + at;
    list.prepend(item);
  });
  source.addEventListener("end", () => source.close());
`;

export const onRequestGet: PagesFunction = () =>
  html(
    <Page
      title="A stream"
      current="/demos/stream"
      files={["demos/stream/events.ts", "demos/stream/index.tsx"]}
    >
      <p>
        Server-sent events: each one is on the wire as soon as it is made. Close the page and the function's
        stream is cancelled.
      </p>
      <ol id="events" class="entries" aria-live="polite"></ol>
      <noscript>
        Without scripts: <a href="/demos/stream/events">the raw stream</a>.
      </noscript>
      <script dangerouslySetInnerHTML={{ __html: LISTEN }} />
    </Page>,
  );
