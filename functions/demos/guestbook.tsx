// GET shows the guestbook, POST signs it: one file, one export for each method.

import type { PagesFunction } from "causeway";
import { html, Page } from "../_site/layout.tsx";

interface Entry {
  name: string;
  text: string;
}

/** Module state: lives as long as the process. A database would hold what has to last. */
const entries: Entry[] = [{ name: "Causeway", text: "Sign here. The entries live in this process." }];
const MAX_ENTRIES = 50;

export const onRequestGet: PagesFunction = () => page({});

export const onRequestPost: PagesFunction = async ({ request }) => {
  const form = await request.formData();
  const entry = { name: field(form, "name", 40), text: field(form, "text", 200) };
  if (entry.name === "" || entry.text === "") return page({ entry, error: "Both fields are needed." });
  entries.unshift(entry);
  entries.length = Math.min(entries.length, MAX_ENTRIES);
  // See Other: a reload after this repeats the GET, not the POST.
  return Response.redirect(new URL("/demos/guestbook", request.url), 303);
};

function field(form: FormData, name: string, maxLength: number): string {
  return String(form.get(name) ?? "")
    .trim()
    .slice(0, maxLength);
}

function page({ entry, error }: { entry?: Entry; error?: string }): Response {
  return html(
    <Page title="Guestbook" current="/demos/guestbook" files={["demos/guestbook.tsx"]}>
      <form method="post">
        <label>
          Name <input name="name" maxlength={40} value={entry?.name ?? ""} />
        </label>
        <label>
          Message <input name="text" maxlength={200} value={entry?.text ?? ""} />
        </label>
        {error === undefined ? null : <p role="alert">{error}</p>}
        <button type="submit">Sign</button>
      </form>
      <ol class="entries">
        {entries.map(({ name, text }) => (
          <li>
            <strong>{name}</strong> {text}
          </li>
        ))}
      </ol>
    </Page>,
    error === undefined ? 200 : 422,
  );
}
