export const h = (tag, properties, ...children) =>
  `<${tag}${properties ? ` ${JSON.stringify(properties)}` : ""}>${children.join("")}</${tag}>`;

export const onRequestGet = () => new Response(<p id="x">hi</p>);
