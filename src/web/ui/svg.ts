const SVG = 'http://www.w3.org/2000/svg';

/**
 * An icon of icon-paths.ts as a node. A decoration: whatever it stands on says in words what it is.
 *
 * @param size in pixels; the stroke is that of the grid of 20, a little stronger where it is small
 */
export function icon(path: string, size = 20): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  const attributes = {
    viewBox: '0 0 20 20',
    width: size,
    height: size,
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': size <= 14 ? 1.75 : 1.5,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    'aria-hidden': true,
  };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, `${value}`);
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}
