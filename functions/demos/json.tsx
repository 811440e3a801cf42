// Shows the JSON routes under /api and the middleware in front of them.

import type { PagesFunction } from "causeway";
import { html, Page } from "../_site/layout.tsx";

const EXAMPLES = ["/api/time", "/api/time?zone=Asia/Tokyo", "/api/time?zone=Nowhere", "/api/echo?a=1&b=2"];

export const onRequestGet: PagesFunction = () =>
  html(
    <Page title="JSON" current="/demos/json" files={["api/time.ts", "api/echo.ts", "api/_middleware.ts"]}>
      <p>
        <code>functions/api/_middleware.ts</code> runs in front of every route below <code>/api</code>: it
        times them and turns exceptions into JSON.
      </p>
      <ul>
        {EXAMPLES.map((path) => (
          <li>
            <a href={path}>{path}</a>
          </li>
        ))}
      </ul>
      <p>From a terminal:</p>
      <pre>
        <code>curl -i -d 'hello' http://127.0.0.1:8787/api/echo</code>
      </pre>
    </Page>,
  );
