// A module is loaded once: what it holds stays between requests.

let count = 0;

export const onRequestPost = () => {
  count += 1;
  return new Response(String(count));
};
