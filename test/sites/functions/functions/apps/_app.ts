import { Hono } from "hono";
export const app = new Hono<any>().basePath("/apps");
app.get("/hono/:name", (c) => c.json({ name: c.req.param("name"), greeting: c.env.GREETING }));
app.post("/hono", async (c) => c.text(`posted ${await c.req.text()}`));
app.get("/error", () => {
  throw new Error("inside hono");
});
