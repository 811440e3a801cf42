export const onRequest = async ({ params }: { params: { ms: string } }) => {
  await new Promise((resolve) => setTimeout(resolve, Number(params.ms)));
  return new Response("slow");
};
