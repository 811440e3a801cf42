// Never gives the event loop back.
function hangForever(): never {
  for (;;);
}

export const onRequest = () => hangForever();
