// 下見: when a file of the folder changed, the page is read again.
const ask = async () => {
  const { watch } = document.body.dataset;
  if (!watch) return;
  const since = new URL(watch, location.href).searchParams.get('since');
  for (;;) {
    const answer = await fetch(watch).catch(() => undefined);
    if (answer?.ok && (await answer.text()) !== since) { location.reload(); return; }
    if (!answer?.ok) await new Promise((next) => setTimeout(next, 2000));
  }
};
ask();
