// Where do the bytes of static files live, if not beside the build? One URL says it, in package.json, on the
// command line and in the environment. Credentials are never part of it.

/** An HTTP server with the blobs below a folder. */
export interface OriginAddress {
  kind: "origin";
  /** Without a slash at its end. */
  base: string;
}

/** An S3-compatible bucket; what the URL leaves out comes from the environment. */
export interface BucketAddress {
  kind: "s3";
  bucket: string;
  /** Folder in the bucket, without slashes around it; empty for none. */
  prefix: string;
  endpoint: string | undefined;
  region: string | undefined;
  /** Name of the R2 binding by which Workers read the same bucket. */
  binding: string | undefined;
}

export type StoreAddress = OriginAddress | BucketAddress;

/** An address that cannot be used. */
export interface StoreAddressFlaw {
  flaw: string;
  remedy: string;
}

const FORMS = "Write https://host/folder or s3://bucket/folder?region=…&endpoint=https://….";
const BUCKET_PARAMETERS = ["endpoint", "region", "binding"];

/** The address that a text names, or what is wrong with the text. */
export function readStoreAddress(text: string): StoreAddress | StoreAddressFlaw {
  const url = URL.parse(text);
  if (url === null) return { flaw: "it is no URL", remedy: FORMS };
  if (url.username !== "" || url.password !== "") {
    return { flaw: "it holds credentials", remedy: "Credentials belong into the environment." };
  }
  if (url.protocol === "s3:") return readBucket(url);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return { flaw: `${url.protocol}// is no kind of store`, remedy: FORMS };
  }
  if (url.search !== "" || url.hash !== "") return { flaw: "it has a query or a fragment", remedy: FORMS };
  return { kind: "origin", base: url.href.replace(/\/+$/, "") };
}

/** The text without anything that could be a secret, for messages: a password may hold slashes and at signs. */
export function withoutCredentials(text: string): string {
  return text.replace(/\/\/.*@/s, "//");
}

function readBucket(url: URL): StoreAddress | StoreAddressFlaw {
  const unknown = [...url.searchParams.keys()].find((name) => !BUCKET_PARAMETERS.includes(name));
  if (unknown !== undefined) return { flaw: `it has a parameter "${unknown}"`, remedy: FORMS };
  if (!/^[a-z0-9][a-z0-9._-]{1,62}$/i.test(url.hostname))
    return { flaw: "it names no bucket, or one whose name has fewer than 2 characters", remedy: FORMS };
  const prefix = url.pathname.replace(/^\/+|\/+$/g, "");
  // Such names need no escaping anywhere: in a URL, in a signature, in a listing.
  if (!/^[A-Za-z0-9._\-/]*$/.test(prefix) || prefix.split("/").some((part) => /^\.{1,2}$/.test(part))) {
    return {
      flaw: `the folder "${prefix}" cannot be used`,
      remedy: "Use letters, digits, dots, dashes and slashes.",
    };
  }
  const parameter = (name: string) => url.searchParams.get(name) || undefined;
  const endpoint = parameter("endpoint");
  if (endpoint !== undefined && !isEndpoint(endpoint)) {
    return { flaw: "its endpoint is no URL of a server", remedy: FORMS };
  }
  return {
    kind: "s3",
    bucket: url.hostname,
    prefix,
    endpoint: endpoint?.replace(/\/+$/, ""),
    region: parameter("region"),
    binding: parameter("binding"),
  };
}

/** Whether a text is the URL of an S3 service: http or https, without credentials, query and fragment. */
export function isEndpoint(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.username + url.password + url.search + url.hash === ""
  );
}
