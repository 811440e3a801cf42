// The request as an application meets it: in redirect mode `manual`, as Workers have it.

/** A static redirect that an application meets with the incoming request goes to the client unfollowed. */
export function asIncomingRequest(request: Request): Request {
  return request.redirect === "manual" ? request : new Request(request, { redirect: "manual" });
}
