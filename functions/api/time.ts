// GET /api/time?zone=Europe/Paris

import type { PagesFunction } from "causeway";

export const onRequestGet: PagesFunction = ({ request }) => {
  const zone = new URL(request.url).searchParams.get("zone") ?? "UTC";
  const now = new Date();
  try {
    const local = now.toLocaleString("en-GB", { timeZone: zone, dateStyle: "long", timeStyle: "medium" });
    return Response.json({ now: now.toISOString(), zone, local });
  } catch {
    return Response.json({ error: `unknown time zone: ${zone}` }, { status: 400 });
  }
};
