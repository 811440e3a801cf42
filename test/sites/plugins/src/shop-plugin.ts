// A plugin by hand: a function of its arguments that gives a handler.

export default function shopPlugin(args: { currency: string }) {
  return async (context: any): Promise<Response> => {
    const { request, functionPath, data } = context;
    const inner = new URL(request.url).pathname.slice(functionPath.length);
    data.trail = [...(data.trail ?? []), args.currency];
    if (inner === "/price") return Response.json({ ...args, functionPath, trail: data.trail });
    if (inner === "/fails") throw new Error("in the plugin");
    if (inner === "/rewrite") return context.next("/shop/file.txt");
    return context.next();
  };
}
