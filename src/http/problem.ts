// How does the server say no? A status, its name and the request's id; never a path, a stack or a cause.
// JSON follows RFC 9457.

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  426: "Upgrade Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
};

export interface ProblemAnswer {
  status: number;
  /** Lets the client's report be found in the log. */
  requestId?: string;
  /** One sentence written by us, for the client; never text from a request or an error. */
  detail?: string;
  headers?: HeadersInit;
}

/** A refusal or failure as JSON where the client asks for JSON, else as text. */
export function createProblemResponse(request: Request, problem: ProblemAnswer): Response {
  const isJson = /\bapplication\/(?:problem\+)?json\b/i.test(request.headers.get("accept") ?? "");
  const headers = new Headers(problem.headers);
  headers.set("content-type", isJson ? "application/problem+json" : "text/plain; charset=utf-8");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  const body = request.method === "HEAD" ? null : isJson ? formatJson(problem) : formatText(problem);
  return new Response(body, { status: problem.status, headers });
}

/** The name of a status that this server sends; `Error` for one that it does not know. */
export function statusTitle(status: number): string {
  return TITLES[status] ?? "Error";
}

function formatText({ status, detail, requestId }: ProblemAnswer): string {
  const lines = [`${status} ${statusTitle(status)}`, detail, requestId && `Request id: ${requestId}`];
  return `${lines.filter((line) => line).join("\n")}\n`;
}

function formatJson({ status, detail, requestId }: ProblemAnswer): string {
  return `${JSON.stringify({ type: "about:blank", title: statusTitle(status), status, detail, requestId })}\n`;
}
