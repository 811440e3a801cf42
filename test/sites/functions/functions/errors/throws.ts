export const onRequest = () => {
  throw new Error("boom in /srv/app/secret.ts");
};
