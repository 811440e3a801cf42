import type { DocumentEnd, Element, TextChunk } from "html-rewriter-wasm";
import { describe, expect, test } from "vitest";
import { HTMLRewriter } from "../../../../src/runtimes/apis/html-rewriter.ts";

const later = () => new Promise<void>((resolve) => setImmediate(resolve));
const page = (html: string, init?: ResponseInit) => new Response(html, init);
const streamOf = (...chunks: string[]) =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
        controller.close();
      },
    }),
  );

describe("HTMLRewriter", () => {
  test("calls handlers for what a selector finds, and for the document", async () => {
    const rewriter = new HTMLRewriter()
      .on("a[href]", { element: (element: Element) => void element.setAttribute("rel", "x") })
      .on("b", { text: (chunk: TextChunk) => void (chunk.text && chunk.replace(chunk.text.toUpperCase())) })
      .onDocument({ end: (end: DocumentEnd) => void end.append("<!-- end -->", { html: true }) });
    const html = '<a href="/">link</a><a>none</a><b>bold</b>';
    expect(await rewriter.transform(page(html)).text()).toBe(
      '<a href="/" rel="x">link</a><a>none</a><b>BOLD</b><!-- end -->',
    );
  });

  test("waits for handlers that are asynchronous, those of end tags too", async () => {
    const rewriter = new HTMLRewriter().on("p", {
      async element(element: Element) {
        await later();
        element.onEndTag(async (tag) => {
          await later();
          tag.before("!");
        });
      },
    });
    const pages = [1, 2, 3].map((number) => rewriter.transform(page(`<p>${number}</p>`)).text());
    expect(await Promise.all(pages)).toEqual(["<p>1!</p>", "<p>2!</p>", "<p>3!</p>"]);
  });

  test("calls methods of classes with their object", async () => {
    class Counter {
      count = 0;
      element(): void {
        this.count += 1;
      }
    }
    const counter = new Counter();
    await new HTMLRewriter().on("i", counter).transform(page("<i></i><i></i>")).text();
    expect(counter.count).toBe(2);
  });

  test("reads a body in pieces, wherever they are cut", async () => {
    const rewriter = new HTMLRewriter().on("em", {
      element: (element: Element) => void element.setInnerContent("new"),
    });
    expect(await rewriter.transform(streamOf("<e", "m>o", "ld</", "em>ü")).text()).toBe("<em>new</em>ü");
  });

  test("keeps status and headers but for the length", async () => {
    const rewritten = new HTMLRewriter().transform(
      page("<p>", { status: 404, headers: { "content-length": "3", "x-a": "1" } }),
    );
    expect([rewritten.status, rewritten.headers.get("x-a"), rewritten.headers.get("content-length")]).toEqual(
      [404, "1", null],
    );
  });

  test("leaves a response without body without one", () => {
    expect(new HTMLRewriter().transform(new Response(null, { status: 204 })).body).toBeNull();
  });

  test("refuses a selector that is none at once", () => {
    expect(() => new HTMLRewriter().on("p[", {})).toThrow(/"p\[" is not a selector/);
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("boom");
      },
    ],
    [
      "rejects",
      async () => {
        await later();
        throw new Error("boom");
      },
    ],
  ])("fails reading with what a handler %s, and calls no other handler after that", async (_, fail) => {
    let calls = 0;
    const rewriter = new HTMLRewriter().on("p", {
      element: () => {
        calls += 1;
        return fail();
      },
    });
    await expect(rewriter.transform(page("<p></p><p></p>")).text()).rejects.toThrow("boom");
    expect(calls).toBe(1);
    const next = new HTMLRewriter().on("p", {
      element: (element: Element) => void element.setInnerContent("works"),
    });
    expect(await next.transform(page("<p></p>")).text()).toBe("<p>works</p>");
  });

  test("stops when nobody reads any more", async () => {
    let calls = 0;
    const rewriter = new HTMLRewriter().on("p", {
      async element() {
        calls += 1;
        await later();
      },
    });
    const reader = rewriter.transform(page("<p></p>".repeat(1_000))).body?.getReader();
    const reading = reader?.read();
    await later();
    await reader?.cancel();
    await reading;
    const reached = calls;
    for (let turn = 0; turn < 20; turn += 1) await later();
    expect(calls - reached).toBeLessThanOrEqual(1);
    expect(reached).toBeLessThan(1_000);
  });
});
