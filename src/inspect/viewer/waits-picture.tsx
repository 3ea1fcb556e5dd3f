import type { ComponentChild } from "preact";
import { GLYPHS } from "../describe-view.ts";
import type { WaitEdge, WaitLayout, WaitNode } from "../wait-layout.ts";
import { hueOf } from "./hue.ts";
import { shortened } from "./shortened.ts";
import type { Run, Theatre } from "./theatre.ts";

const WIDTH = 126;
const HEIGHT = 42;
const BETWEEN = 32;
const ACROSS = WIDTH + BETWEEN;
const DOWN = HEIGHT + 20;
const MARGIN = 10;
const MOST = 120;
// Shrunk to its panel, but not further than can be read.
const SMALLEST = 0.8;

interface Props {
  readonly theatre: Theatre;
  readonly run: Run;
  readonly layout: WaitLayout;
}

/** Arrows from those who wait to what they wait for; a ring is drawn double, and says what it is. */
export function WaitsPicture({ theatre, run, layout }: Props): ComponentChild {
  const nodes = layout.nodes.slice(0, MOST);
  const shown = new Set(nodes);
  const edges = layout.edges.filter(({ from, to }) => shown.has(from) && shown.has(to));
  const rows = Math.max(...nodes.map(({ row }) => row)) + 1;
  const loops = edges.some(isBackwards);
  const width = layout.columns * ACROSS - BETWEEN + 2 * MARGIN + (loops ? 44 : 0);
  const height = rows * DOWN - 20 + 2 * MARGIN + (loops ? 34 : 0);
  const said = edges.map(({ from, to }) => `${from.task.name} waits for ${to.task.name}`).join(", ");
  return (
    <>
      <svg
        class="waits"
        style={{ maxWidth: `${width}px`, minWidth: `${Math.round(width * SMALLEST)}px` }}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
      >
        <title>{said}</title>
        <defs>
          <Arrow id="arrow" kind="tip" />
          <Arrow id="arrow-locked" kind="tip is-locked" />
        </defs>
        {edges.map((edge, i) => (
          <path
            key={i}
            d={pathOf(edge)}
            class={`wait ${edge.deadlocked ? "is-locked" : ""}`}
            marker-end={`url(#${edge.deadlocked ? "arrow-locked" : "arrow"})`}
          />
        ))}
        {nodes.map((node) => (
          <Node key={node.task.id} theatre={theatre} run={run} node={node} />
        ))}
      </svg>
      {layout.nodes.length > MOST && <p class="hint">… and {layout.nodes.length - MOST} more</p>}
    </>
  );
}

function Arrow({ id, kind }: { readonly id: string; readonly kind: string }): ComponentChild {
  return (
    <marker
      id={id}
      viewBox="0 0 8 8"
      refX="7"
      refY="4"
      markerWidth="8"
      markerHeight="8"
      markerUnits="userSpaceOnUse"
      orient="auto"
    >
      <path d="M0 0L8 4L0 8z" class={kind} />
    </marker>
  );
}

function Node({
  theatre,
  run,
  node,
}: {
  readonly theatre: Theatre;
  readonly run: Run;
  readonly node: WaitNode;
}): ComponentChild {
  const { task, deadlocked } = node;
  const [x, y] = cornerOf(node);
  const selected = theatre.stepper.value.selected === task.id;
  return (
    <g
      class={`wait-node ${deadlocked ? "is-locked" : ""} ${selected ? "is-selected" : ""}`}
      transform={`translate(${x} ${y})`}
      onClick={() => theatre.select(task.id)}
    >
      {deadlocked && <rect class="outer" x="-4" y="-4" width={WIDTH + 8} height={HEIGHT + 8} rx="10" />}
      <rect class="box" width={WIDTH} height={HEIGHT} rx="7" />
      <g class={hueOf(run, task.id)}>
        <rect class="swatch" x="7" y="6" width="16" height="16" rx="4" />
        <text x="15" y="17.5" class="swatch-glyph">
          {GLYPHS[task.state]}
        </text>
      </g>
      <text x="29" y="18.5" class="wait-name">
        {shortened(task.name, 14)}
      </text>
      <text x="10" y="35" class="wait-for">
        {shortened(task.waitsFor ?? task.state, 20)}
      </text>
    </g>
  );
}

function cornerOf({ column, row }: WaitNode): readonly [x: number, y: number] {
  return [MARGIN + column * ACROSS, MARGIN + row * DOWN];
}

function isBackwards({ from, to }: WaitEdge): boolean {
  return to.column <= from.column;
}

function pathOf(edge: WaitEdge): string {
  const [x, y] = cornerOf(edge.from);
  const [toX, toY] = cornerOf(edge.to);
  if (!isBackwards(edge)) {
    const [startX, startY, endX, endY] = [x + WIDTH, y + HEIGHT / 2, toX - 2, toY + HEIGHT / 2];
    const bend = (endX - startX) / 2;
    return `M${startX} ${startY}C${startX + bend} ${startY} ${endX - bend} ${endY} ${endX} ${endY}`;
  }
  if (edge.from.column === edge.to.column) {
    const [right, endX] = [x + WIDTH + 4, toX + WIDTH + 6];
    return `M${right} ${y + HEIGHT / 2}C${right + 44} ${y + HEIGHT / 2} ${endX + 44} ${toY + HEIGHT / 2} ${endX} ${toY + HEIGHT / 2}`;
  }
  // Out at the bottom, and back from below.
  const [startX, startY, endX, endY] = [x + WIDTH / 2, y + HEIGHT + 4, toX + WIDTH / 2, toY + HEIGHT + 6];
  const deep = Math.max(startY, endY) + 30;
  return `M${startX} ${startY}C${startX} ${deep} ${endX} ${deep} ${endX} ${endY}`;
}
