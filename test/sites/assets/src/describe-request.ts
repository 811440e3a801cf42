export function describeRequest(request: Request): { worker: string; method: string } {
  return { worker: new URL(request.url).pathname, method: request.method };
}
