// Work that goes on after the answer, until another request lets it end.

let mayEnd = false;
let ended = 0;

export const onRequestPost = ({ waitUntil }: any) => {
  mayEnd = false;
  const work = async () => {
    while (!mayEnd) await new Promise((resolve) => setTimeout(resolve, 10));
    ended += 1;
  };
  waitUntil(work());
  return Response.json({ ended });
};
export const onRequestPut = () => {
  mayEnd = true;
  return Response.json({ ended });
};
export const onRequestGet = () => Response.json({ ended });
