// HTMLRewriter over a static page: attributes, text, elements, the document's end.

declare const HTMLRewriter: any;

class Links {
  async element(element: any) {
    await Promise.resolve();
    element.setAttribute("href", element.getAttribute("href").replace("http:", "https:"));
    element.after("<i>!</i>", { html: true });
  }
}

export const onRequestGet = async ({ env, request }: any) => {
  const page = await env.ASSETS.fetch(new URL("/page", request.url));
  return new HTMLRewriter()
    .on("h1", { element: (element: any) => element.setInnerContent("a < b").removeAttribute("class") })
    .on("a[href]", new Links())
    .on("title", { text: (chunk: any) => chunk.lastInTextNode && chunk.before(" of the site") })
    .onDocument({ end: (end: any) => end.append("<!-- end -->", { html: true }) })
    .transform(page);
};
