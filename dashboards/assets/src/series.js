// A closer look at a long series: where a script runs, a picture that tells each day under the pointer and can be drawn
// larger takes the place of the one that the server drew. Its figures stand in the table as well.
const DAY_S = 86400;
const HEIGHT = 240;
const locale = document.documentElement.lang;
const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
const dates = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const shortDates = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });

function clock(hours) {
  const minutes = Math.round(hours * 60) % 1440;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

function written(unit, value) {
  if (value === null || value === undefined) return "–";
  if (unit === "clock") return clock(value);
  return unit === "1" ? numbers.format(value) : `${numbers.format(value)} ${unit}`;
}

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// What nobody knows is hatched, what was going on has a bar above it, alerts stand on top: as in the server's picture.
function columns(plot, figures, wanted) {
  const wide = plot.valToPos(DAY_S, "x", true) - plot.valToPos(0, "x", true);
  return figures.days
    .map((day, place) => ({ place, left: plot.valToPos(day * DAY_S, "x", true) - wide / 2, wide }))
    .filter(({ place, left }) => wanted(place) && left + wide > plot.bbox.left && left < plot.bbox.left + plot.bbox.width);
}

function clipped(plot, draw) {
  const { left, top, width, height } = plot.bbox;
  plot.ctx.save();
  plot.ctx.beginPath();
  plot.ctx.rect(left, top, width, height);
  plot.ctx.clip();
  draw(plot.ctx, top, height);
  plot.ctx.restore();
}

function behind(plot, figures) {
  clipped(plot, (ctx, top, height) => {
    for (const { left, wide } of columns(plot, figures, (place) => figures.value[place] === null)) {
      ctx.fillStyle = color("--unknown-ground");
      ctx.fillRect(left, top, wide, height);
      ctx.strokeStyle = color("--unknown");
      ctx.beginPath();
      for (let y = top; y < top + height + wide; y += 12) {
        ctx.moveTo(left, y);
        ctx.lineTo(left + wide, y - wide);
      }
      ctx.stroke();
    }
    ctx.fillStyle = color("--unknown");
    for (const { left, wide } of columns(plot, figures, (place) => figures.going_on[place])) {
      ctx.fillRect(left, top, wide, 6);
    }
  });
}

function before(plot, figures) {
  const size = 7 * devicePixelRatio;
  clipped(plot, (ctx, top) => {
    for (const { place, left, wide } of columns(plot, figures, (at) => figures.alert[at])) {
      const kind = figures.alert[place];
      const x = left + wide / 2;
      ctx.fillStyle = color(kind === "look" ? "--look-shape" : `--${kind}`);
      ctx.beginPath();
      if (kind === "look") {
        ctx.moveTo(x, top);
        ctx.lineTo(x + size, top + 2 * size);
        ctx.lineTo(x - size, top + 2 * size);
      } else if (kind === "act") {
        ctx.arc(x, top + size, size, 0, 2 * Math.PI);
      } else {
        ctx.rect(x - size, top, 2 * size, 2 * size);
      }
      ctx.fill();
    }
  });
}

function options(place, figures, width) {
  const { unit } = figures;
  const say = (_, value) => written(unit, value);
  const axis = { stroke: color("--ink-soft"), grid: { stroke: color("--line"), width: 1 }, ticks: { show: false } };
  const words = place.dataset;
  return {
    width,
    height: HEIGHT,
    tzDate: (seconds) => new Date(seconds * 1000),
    cursor: { drag: { x: true, y: false } },
    scales: { x: { time: false } },
    axes: [
      { ...axis, values: (_, splits) => splits.map((at) => shortDates.format(new Date(at * 1000))), space: 70 },
      { ...axis, values: (_, splits) => splits.map((value) => written(unit, value)), size: 64 },
    ],
    series: [
      { label: words.day, value: (_, at) => (at === null ? "–" : dates.format(new Date(at * 1000))) },
      { label: words.low, stroke: color("--usual"), width: 1, points: { show: false }, value: say },
      { label: words.high, stroke: color("--usual"), width: 1, points: { show: false }, value: say },
      { label: words.value, stroke: color("--ink"), width: 2, points: { show: false }, spanGaps: false, value: say },
    ],
    hooks: { drawClear: [(plot) => behind(plot, figures)], draw: [(plot) => before(plot, figures)] },
    bands: [{ series: [2, 1], fill: color("--usual-ground") }],
  };
}

async function show(place) {
  const { default: Plot } = await import(place.dataset.plots);
  const figures = JSON.parse(place.dataset.series);
  const drawn = place.previousElementSibling;
  const data = [figures.days.map((day) => day * DAY_S), figures.low, figures.high, figures.value];
  place.hidden = false;
  const plot = new Plot(options(place, figures, place.clientWidth), data, place);
  drawn.classList.add("is-behind");
  new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
}

for (const place of document.querySelectorAll("[data-series]")) show(place);
