export const onRequest = ({ waitUntil }: any) => {
  waitUntil(Promise.reject(new Error("background")));
  return new Response("answered");
};
