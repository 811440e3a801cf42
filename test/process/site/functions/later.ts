import { writeFile } from "node:fs/promises";

// Answers at once and writes a file half a second later, or when it is told to.
export const onRequest = ({
  request,
  waitUntil,
}: {
  request: Request;
  waitUntil(work: Promise<unknown>): void;
}) => {
  const { searchParams } = new URL(request.url);
  const file = searchParams.get("file") ?? "";
  const work = async () => {
    await new Promise((resolve) => setTimeout(resolve, Number(searchParams.get("ms") ?? "500")));
    await writeFile(file, "done");
  };
  waitUntil(work());
  return new Response("later");
};
