// GET /demos/hello/:name: the brackets in the file name are the parameter.

import type { PagesFunction } from "causeway";
import { html, Page } from "../../_site/layout.tsx";

export const onRequestGet: PagesFunction<unknown, "name"> = ({ params }) => {
  const name = decode(String(params.name));
  return html(
    <Page title={`Hello, ${name}`} current="/demos/hello/Ada" files={["demos/hello/[name].tsx"]}>
      <p>
        The file <code>functions/demos/hello/[name].tsx</code> answers every path of that shape. JSX escapes
        what it prints, so <a href="/demos/hello/%3Cb%3EBold%3C%2Fb%3E">this name</a> stays text.
      </p>
      <ul class="chips">
        {["Grace", "Edsger", "Barbara", "Ünal"].map((other) => (
          <li>
            <a href={`/demos/hello/${encodeURIComponent(other)}`}>{other}</a>
          </li>
        ))}
      </ul>
    </Page>,
  );
};

/** A parameter comes as the client spelt it; `%ff` decodes to nothing and is shown as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
