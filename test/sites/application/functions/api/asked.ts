export const onRequestGet = ({ env, request }: any) =>
  env.ASSETS.fetch(new Request(new URL("/old", request.url), { redirect: "manual" }));
