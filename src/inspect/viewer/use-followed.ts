import { useLayoutEffect, useRef } from "preact/hooks";

/** Scrolls what is current into view, in its own box: the page stays where it is. */
export function useFollowed(what: number | null): { current: HTMLDivElement | null } {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const current = box.current?.querySelector<HTMLElement>(".is-current");
    if (box.current === null || current === null || current === undefined) return;
    const { offsetTop, offsetHeight } = current;
    const { scrollTop, clientHeight } = box.current;
    const margin = Math.min(60, clientHeight / 4);
    if (offsetTop < scrollTop + margin || offsetTop + offsetHeight > scrollTop + clientHeight - margin) {
      box.current.scrollTop = offsetTop - clientHeight / 2;
    }
  }, [what]);
  return box;
}
