import { app } from "./_app.ts";
export const onRequest = app;
