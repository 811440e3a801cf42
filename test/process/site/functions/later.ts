import { writeFile } from "node:fs/promises";

// Answers at once and writes a file half a second later.
export const onRequest = ({
  request,
  waitUntil,
}: {
  request: Request;
  waitUntil(work: Promise<unknown>): void;
}) => {
  const file = new URL(request.url).searchParams.get("file") ?? "";
  const work = async () => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await writeFile(file, "done");
  };
  waitUntil(work());
  return new Response("later");
};
