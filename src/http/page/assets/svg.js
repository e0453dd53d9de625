// Drawings as SVG, and pictures of them. Attributes only: the page's policy forbids styles in markup.

const NAMESPACE = 'http://www.w3.org/2000/svg';
/** Pixels for each unit of a drawing. */
export const SCALE = 2;

const ruler = document.createElement('canvas').getContext('2d');

/** An SVG element. */
export function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A colour of the page as it is shown, by the name of its custom property. */
export function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** A line of text with its baseline at `y`. */
export function line(text, x, y, { size, weight = 400, fill = 'ink', anchor = 'start' }) {
  const attributes = { x, y, 'font-size': size, 'font-weight': weight, fill: color(fill), 'text-anchor': anchor };
  return draw('text', attributes, text);
}

/** The text in at most `most` lines of this width, broken between words; what does not fit ends with `…`. */
export function wrapped(text, room, most, { size, weight = 400 }) {
  ruler.font = `${weight} ${size}px ${family()}`;
  const fits = (part) => ruler.measureText(part.trimEnd()).width <= room;
  const lines = [''];
  for (const part of parts(text, fits)) {
    const longer = lines.at(-1) + part;
    if (fits(longer)) lines[lines.length - 1] = longer;
    else if (lines.length < most) lines.push(part.trimStart());
    else return [...lines.slice(0, -1), shortened(longer, fits)].map((line) => line.trim());
  }
  return lines.map((line) => line.trim());
}

/** Words with the space behind them; the letters of a word that is too long for a line. */
function parts(text, fits) {
  return text.split(/(?<=\s)/u).flatMap((word) => (fits(word) ? [word] : letters(word)));
}

function shortened(text, fits) {
  const all = letters(text);
  while (all.length > 0 && !fits(`${all.join('')}…`)) all.pop();
  return `${all.join('').trimEnd()}…`;
}

/** What a reader sees as one letter each, an emoji of several characters too. */
function letters(text) {
  return Intl.Segmenter ? [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment) : [...text];
}

function family() {
  return getComputedStyle(document.body).fontFamily;
}

/** A drawing of this size, with its name for those who hear it. */
export function sheet(width, height, title, ...children) {
  const box = { xmlns: NAMESPACE, width, height, viewBox: `0 0 ${width} ${height}` };
  const paper = draw('rect', { width, height, fill: color('card') });
  const root = { ...box, role: 'img', lang: document.documentElement.lang, 'font-family': family() };
  return draw('svg', root, draw('title', {}, title), paper, ...children);
}

/** The drawing as a PNG of twice its size. */
export async function toPng(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = svg.getAttribute('width') * SCALE;
  canvas.height = svg.getAttribute('height') * SCALE;
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, failed) => {
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('no picture'))), 'image/png');
  });
}
