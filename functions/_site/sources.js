// The demos' own source files, as text that the build takes in.

import middleware from "../api/_middleware.ts" with { type: "text" };
import echo from "../api/echo.ts" with { type: "text" };
import time from "../api/time.ts" with { type: "text" };
import errorPage from "../demos/_middleware.tsx" with { type: "text" };
import broken from "../demos/broken.ts" with { type: "text" };
import guestbook from "../demos/guestbook.tsx" with { type: "text" };
import hello from "../demos/hello/[name].tsx" with { type: "text" };
import json from "../demos/json.tsx" with { type: "text" };
import events from "../demos/stream/events.ts" with { type: "text" };
import stream from "../demos/stream/index.tsx" with { type: "text" };

export const sources = {
  "api/_middleware.ts": middleware,
  "api/echo.ts": echo,
  "api/time.ts": time,
  "demos/_middleware.tsx": errorPage,
  "demos/broken.ts": broken,
  "demos/guestbook.tsx": guestbook,
  "demos/hello/[name].tsx": hello,
  "demos/json.tsx": json,
  "demos/stream/events.ts": events,
  "demos/stream/index.tsx": stream,
};
