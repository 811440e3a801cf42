export const onRequestGet = ({ params, functionPath }: any) => Response.json({ params, functionPath });
export const onRequestDelete = ({ params }: any) =>
  new Response(null, { status: 204, headers: { "x-deleted": params.id } });
