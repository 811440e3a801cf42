// How is an S3-compatible bucket spoken to? Requests signed by aws4fetch, and its errors in plain words.

import { CausewayError } from "../../contract/errors.ts";
import type { BucketAddress } from "../../contract/store-address.ts";
import { StoreError } from "../../contract/store-error.ts";
import { refusal, type StoreFetch } from "./store-request.ts";

export interface S3Options {
  /** `https://s3.eu-central-1.amazonaws.com`, `http://127.0.0.1:9000`, … */
  endpoint: string;
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** Folder in the bucket. */
  prefix?: string;
  timeoutMs?: number;
}

/** The variables that the tools of AWS read, too. */
type Environment = Readonly<Record<string, string | undefined>>;

/** What an address leaves open comes from the environment; throws `store-credentials` without them. */
export function completeS3Options(address: BucketAddress, env: Environment): S3Options {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId || !secretAccessKey) {
    const missing = accessKeyId ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID";
    throw new CausewayError(
      "store-credentials",
      `Cannot use the bucket "${address.bucket}": ${missing} is not set`,
      {
        remedy: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN for a temporary key.",
      },
    );
  }
  const region = address.region ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || "us-east-1");
  const configured = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL;
  const { bucket, prefix } = address;
  return {
    endpoint: address.endpoint ?? (configured || `https://s3.${region}.amazonaws.com`),
    bucket,
    prefix,
    region,
    accessKeyId,
    secretAccessKey,
    ...(env.AWS_SESSION_TOKEN ? { sessionToken: env.AWS_SESSION_TOKEN } : {}),
  };
}

/** The URL of the bucket in path style, which every S3-compatible server understands. */
export function s3Bucket({ endpoint, bucket }: S3Options): string {
  return `${endpoint.replace(/\/+$/, "")}/${bucket}`;
}

/** The URL under which the blobs lie. */
export function s3Folder(options: S3Options): string {
  const folder = s3Prefix(options);
  return folder === "" ? s3Bucket(options) : `${s3Bucket(options)}/${folder}`;
}

/** The folder in the bucket without slashes around it. */
export function s3Prefix({ prefix = "" }: S3Options): string {
  return prefix.replace(/^\/+|\/+$/g, "");
}

/** A fetch that signs; the package is loaded here, since few sites need it. */
export async function createS3Fetch(options: S3Options): Promise<StoreFetch> {
  const { AwsClient } = await loadSigner(options.bucket);
  const { accessKeyId, secretAccessKey, sessionToken, region } = options;
  const credentials = {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
  // Trying again is for the caller to decide, who knows what waits for the answer.
  const client = new AwsClient({ ...credentials, region, service: "s3", retries: 0 });
  return (url, init) => client.fetch(url, init);
}

async function loadSigner(bucket: string): Promise<typeof import("aws4fetch")> {
  try {
    return await import("aws4fetch");
  } catch (cause) {
    const message = `Cannot use the bucket "${bucket}": the package aws4fetch is not installed`;
    throw new CausewayError("tool-missing", message, { cause, remedy: "Run `npm install aws4fetch`." });
  }
}

/** What a code of S3 means for a person; `{bucket}` is replaced. */
const MEANINGS: Record<string, { text: string; remedy: string }> = {
  NoSuchBucket: {
    text: 'there is no bucket "{bucket}"',
    remedy: "Create it, or correct the address of the store.",
  },
  AccessDenied: {
    text: 'this key may not do that in the bucket "{bucket}"',
    remedy: "Reading needs s3:GetObject, pushing also s3:ListBucket and s3:PutObject.",
  },
  InvalidAccessKeyId: {
    text: "the access key is not known",
    remedy: "Check AWS_ACCESS_KEY_ID and the endpoint.",
  },
  SignatureDoesNotMatch: { text: "the secret key is wrong", remedy: "Check AWS_SECRET_ACCESS_KEY." },
  ExpiredToken: { text: "the temporary key has expired", remedy: "Get a new key and AWS_SESSION_TOKEN." },
  InvalidToken: { text: "the session token is wrong", remedy: "Check AWS_SESSION_TOKEN, or unset it." },
  RequestTimeTooSkewed: {
    text: "the clock of this machine is wrong",
    remedy: "Set the clock: signatures are good for a few minutes.",
  },
  AuthorizationHeaderMalformed: {
    text: "the bucket is in another region",
    remedy: "Give the region in the address of the store, or as AWS_REGION.",
  },
  PermanentRedirect: {
    text: "the bucket is at another endpoint",
    remedy: "Give region and endpoint in the address of the store.",
  },
};
/** What was damaged on the way, or came at a bad moment: the same request may succeed. */
const TRANSIENT = new Set([
  "BadDigest",
  "XAmzContentSHA256Mismatch",
  "XAmzContentChecksumMismatch",
  "IncompleteBody",
  "RequestTimeout",
  "SlowDown",
  "OperationAborted",
]);

/** How S3 refused: status, and the code of its error document where there is one. */
export interface S3Refusal {
  status: number;
  code: string | undefined;
}

/** Reads the answer to the end. */
export async function readS3Refusal(response: Response): Promise<S3Refusal> {
  const text = await response.text().catch(() => "");
  return { status: response.status, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1] };
}

/** Whether an object is simply not there; S3 says 403 to those who may not list the bucket. */
export function isS3Absence({ status, code }: S3Refusal): boolean {
  if (code !== undefined) return code === "NoSuchKey" || code === "AccessDenied";
  return status === 403 || status === 404;
}

/** The refusal in plain words. */
export function explainS3(
  { bucket }: S3Options,
  { status, code }: S3Refusal,
  action: string,
  url: string,
): StoreError {
  const error = refusal(action, url, status);
  if (code === undefined) return error;
  const meaning = MEANINGS[code];
  const isTransient = error.isTransient || TRANSIENT.has(code);
  if (meaning === undefined) return new StoreError(`${error.message} (${code})`, { isTransient });
  const { text, remedy } = meaning;
  const message = `Cannot ${action} "${url}": ${text.replace("{bucket}", bucket)} (${code})`;
  return new StoreError(message, { isTransient, remedy });
}
