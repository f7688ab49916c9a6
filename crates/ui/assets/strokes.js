// A signature: strokes in a box of 1000 × 400, kept as JSON [[[x,y],…],…] in a hidden input. Who cannot draw types the name below it.
export const start = (pad) => {
  const canvas = pad.querySelector('canvas');
  const input = pad.querySelector('input');
  const pen = canvas.getContext('2d');
  let strokes = [];
  let stroke;
  try { strokes = JSON.parse(input.value || '[]'); } catch { strokes = []; }
  pad.hidden = false;

  const draw = () => {
    pen.clearRect(0, 0, 1000, 400);
    pen.lineWidth = 6;
    pen.lineCap = pen.lineJoin = 'round';
    pen.strokeStyle = getComputedStyle(canvas).color;
    for (const points of strokes) {
      pen.beginPath();
      points.forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      if (points.length === 1) pen.lineTo(points[0][0] + 0.1, points[0][1]);
      pen.stroke();
    }
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const inside = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
    return [inside(((event.clientX - box.left) / box.width) * 1000, 1000), inside(((event.clientY - box.top) / box.height) * 400, 400)];
  };
  const keep = () => { input.value = strokes.length ? JSON.stringify(strokes) : ''; };
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    stroke = [at(event)];
    strokes.push(stroke);
    draw();
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!stroke) return;
    const [x, y] = at(event);
    const [px, py] = stroke[stroke.length - 1];
    // Points closer than this cannot be seen apart, and the server takes so many.
    if (Math.hypot(x - px, y - py) < 5 || strokes.flat().length > 4000) return;
    stroke.push([x, y]);
    draw();
  });
  const lift = () => { stroke = undefined; keep(); };
  canvas.addEventListener('pointerup', lift);
  canvas.addEventListener('pointercancel', lift);
  pad.querySelector('button').addEventListener('click', () => { strokes = []; keep(); draw(); });
  draw();
};
