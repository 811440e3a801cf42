/** Path below functions/ of a file whose source can be shown. */
export type DemoFile =
  | "api/_middleware.ts"
  | "api/echo.ts"
  | "api/time.ts"
  | "demos/_middleware.tsx"
  | "demos/broken.ts"
  | "demos/guestbook.tsx"
  | "demos/hello/[name].tsx"
  | "demos/json.tsx"
  | "demos/stream/events.ts"
  | "demos/stream/index.tsx";

export const sources: Record<DemoFile, string>;
