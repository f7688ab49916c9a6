// A place on the town's map. The pin stands in the middle and the map moves below it: by finger, mouse or arrow keys. What is below the pin goes into
// the input as "35.681236,139.767125". A map with data-shown only shows a place; data-place says where its pictures come from.
const SIDE = 256;
const [NEAREST, FARTHEST] = [18, 5];

// Web Mercator, in points of the zoom: where a position lies, and back.
const project = ([latitude, longitude], zoom) => {
  const world = SIDE * 2 ** zoom;
  const sine = Math.sin((latitude * Math.PI) / 180);
  return [((longitude + 180) / 360) * world, (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * world];
};
const position = ([x, y], zoom) => {
  const world = SIDE * 2 ** zoom;
  const latitude = (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / world))) * 180) / Math.PI;
  return [latitude, (x / world) * 360 - 180];
};
const read = (text) => {
  const numbers = text.normalize('NFKC').split(/[,\s]+/).filter(Boolean).map(Number);
  return numbers.length === 2 && numbers.every(Number.isFinite) ? numbers : undefined;
};
const written = (at) => at.map((degrees) => degrees.toFixed(6)).join(',');

export const start = (box) => {
  const ground = box.querySelector('.ground');
  const status = box.querySelector('[role=status]');
  const input = document.getElementById(box.dataset.input ?? '');
  let zoom = Number(box.dataset.zoom);
  let at = read(input?.value ?? '') ?? read(box.dataset.center);
  const pictures = new Map();
  const say = (text) => { if (status) status.textContent = text; };

  const draw = () => {
    const [width, height] = [ground.clientWidth, ground.clientHeight];
    const [x, y] = project(at, zoom);
    const [left, top] = [x - width / 2, y - height / 2];
    const wanted = new Set();
    for (let column = Math.floor(left / SIDE); column * SIDE < left + width; column += 1) {
      for (let row = Math.floor(top / SIDE); row * SIDE < top + height; row += 1) {
        const name = `${zoom}/${column}/${row}`;
        wanted.add(name);
        let picture = pictures.get(name);
        if (!picture) {
          picture = new Image(SIDE, SIDE);
          picture.alt = '';
          picture.draggable = false;
          picture.onerror = () => { picture.hidden = true; say(box.dataset.failed ?? ''); };
          picture.src = `${box.dataset.place}/${name}`;
          pictures.set(name, picture);
          ground.prepend(picture);
        }
        picture.style.transform = `translate(${Math.round(column * SIDE - left)}px,${Math.round(row * SIDE - top)}px)`;
      }
    }
    for (const [name, picture] of pictures) if (!wanted.has(name)) { picture.remove(); pictures.delete(name); }
  };
  const set = () => { if (input) { input.value = written(at); say(box.dataset.set); } };
  const move = (right, down) => {
    const [x, y] = project(at, zoom);
    at = position([x + right, y + down], zoom);
    draw();
  };
  const closer = (by) => { zoom = Math.max(FARTHEST, Math.min(NEAREST, zoom + by)); draw(); };

  box.hidden = false;
  draw();
  new ResizeObserver(draw).observe(ground);
  const acts = {
    in: () => closer(1),
    out: () => closer(-1),
    clear: () => { input.value = ''; say(box.dataset.cleared); },
    here: () => navigator.geolocation?.getCurrentPosition(
      ({ coords }) => { at = [coords.latitude, coords.longitude]; zoom = Math.max(zoom, 17); draw(); set(); },
      () => say(box.dataset.lost),
      { enableHighAccuracy: true, timeout: 15000 },
    ),
  };
  box.querySelectorAll('[data-do]').forEach((button) => button.addEventListener('click', acts[button.dataset.do]));
  if (!input) return;

  input.addEventListener('change', () => { const typed = read(input.value); if (typed) { at = typed; draw(); } });
  let held;
  ground.addEventListener('pointerdown', (event) => { held = [event.clientX, event.clientY]; ground.setPointerCapture(event.pointerId); });
  ground.addEventListener('pointermove', (event) => {
    if (!held) return;
    move(held[0] - event.clientX, held[1] - event.clientY);
    held = [event.clientX, event.clientY];
  });
  ground.addEventListener('pointerup', () => { if (held) { held = undefined; set(); } });
  ground.addEventListener('pointercancel', () => { held = undefined; });
  const keys = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  ground.addEventListener('keydown', (event) => {
    const step = event.shiftKey ? 2 : 32;
    if (keys[event.key]) { move(...keys[event.key].map((one) => one * step)); set(); } else if (event.key === '+' || event.key === ';') closer(1);
    else if (event.key === '-') closer(-1);
    else return;
    event.preventDefault();
  });
};
