// Leaves a body unread.
export const onRequestPost = async ({ request }: any) => {
  await request.body.cancel();
  return new Response("cancelled");
};
