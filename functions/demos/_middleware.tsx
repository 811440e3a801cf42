// Runs in front of everything below /demos/: shows an error page instead of a bare 500.

import type { PagesFunction } from "causeway";
import { html, Page } from "../_site/layout.tsx";

export const onRequest: PagesFunction = async ({ request, next }) => {
  try {
    return await next();
  } catch (error) {
    console.error(error);
    const path = new URL(request.url).pathname;
    return html(
      <Page
        title="Something broke"
        current={path}
        files={
          path === "/demos/broken" ? ["demos/broken.ts", "demos/_middleware.tsx"] : ["demos/_middleware.tsx"]
        }
      >
        <p>
          <code>{path}</code> threw an exception. The middleware in front of it caught it and rendered this
          page; the stack is in the server's log, with the lines of the TypeScript source.
        </p>
        <p>Without a middleware the answer would be a plain 500 with an id that the log has as well.</p>
      </Page>,
      500,
    );
  }
};
