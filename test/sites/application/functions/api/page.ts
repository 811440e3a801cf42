export const onRequestGet = ({ env, request }: any) =>
  env.ASSETS.fetch(new URL("/docs/readme.txt", request.url));
