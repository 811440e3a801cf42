// Reads a site document and refuses one that another version wrote.

import { CausewayError } from "./errors.ts";
import { SITE_FORMAT, type Site } from "./site.ts";

/** The document as a Site; throws `site-format` if this version cannot read it. */
export function parseSite(document: unknown): Site {
  const site = document as Partial<Site> | null;
  if (typeof site !== "object" || site === null || typeof site.format !== "number") {
    throw new CausewayError("site-format", "Cannot read the build: site.json is no site document", {
      remedy: "Run `causeway build` again.",
    });
  }
  if (site.format !== SITE_FORMAT) {
    throw new CausewayError(
      "site-format",
      `Cannot read the build: site.json has format ${site.format}, this version reads ${SITE_FORMAT}`,
      { remedy: "Run `causeway build` again with this version." },
    );
  }
  return site as Site;
}
