/**
 * What one client saw of a store that can append: `a0:x` appends x to key 0, `p0:x` puts it, `g0=x` gets it.
 *
 * After github.com/anishathalye/porcupine, test_data/kv/c01-bad.txt (MIT): its texts "x 0 n y" are n here, its last, 10, is A.
 * `culprit` is the operation that shows it: a get that does not see the append before it. The second ends before that.
 */
const BEFORE = `a0:0 g7= g6= g5= g2= a0:1 g2= a0:2 a0:3 a0:4 a5:5 g6= a1:6 g1=6 g3= a2:7 g0=01234 a1:8 a7:0 g0=01234 g2=7 g5=5 g2=7
  a6:1 g5=5 p1:2 g6=1 a7:3 a3:4`;
const AFTER = "g7=0 a3:5 a6:6 a4:7 a6:8 a3:9 g2=7 g7=03 p2:A";

export const KV: readonly {
  readonly name: string;
  readonly ok: boolean;
  readonly culprit?: number;
  readonly events: string;
}[] = [
  { name: "c01-bad", ok: false, culprit: 29, events: `${BEFORE} ${AFTER}` },
  { name: "c01-bad, up to there", ok: true, events: BEFORE },
];
