// Try another colour: save, and reload the preview.
const color = `hsl(${Math.floor(Math.random() * 360)} 80% 45%)`;
const width = 4;

const status = document.querySelector("#status");
const canvas = document.querySelector("canvas");
const context = canvas.getContext("2d");
const strokes = [];

const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/drawing`);
socket.onopen = () => (status.textContent = "Draw something.");
socket.onclose = () => (status.textContent = "The program has stopped. Run it again and reload.");
socket.onmessage = ({ data }) => keep(JSON.parse(data));

// Positions are shares of the width and height, so that they fit every window.
let from;
canvas.onpointerdown = (event) => {
  canvas.setPointerCapture(event.pointerId);
  from = place(event);
};
canvas.onpointerup = () => (from = undefined);
canvas.onpointermove = (event) => {
  if (from === undefined) return;
  const stroke = { from, to: place(event), color, width };
  from = stroke.to;
  keep(stroke);
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(stroke));
};

function place({ clientX, clientY }) {
  return { x: clientX / innerWidth, y: clientY / innerHeight };
}

function keep(stroke) {
  strokes.push(stroke);
  draw(stroke);
}

function draw({ from, to, color, width }) {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.lineCap = "round";
  context.beginPath();
  context.moveTo(from.x * innerWidth, from.y * innerHeight);
  context.lineTo(to.x * innerWidth, to.y * innerHeight);
  context.stroke();
}

function fit() {
  canvas.width = innerWidth * devicePixelRatio;
  canvas.height = innerHeight * devicePixelRatio;
  context.scale(devicePixelRatio, devicePixelRatio);
  for (const stroke of strokes) draw(stroke);
}

addEventListener("resize", fit);
fit();
