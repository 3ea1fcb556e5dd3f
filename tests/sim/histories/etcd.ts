/**
 * What five clients saw of one key of etcd, by Jepsen (K. Kingsbury, "Jepsen: etcd and Consul", 2014), and whether that is
 * linearizable. Facts from github.com/anishathalye/porcupine, test_data/jepsen/etcd_NNN.log and porcupine_test.go (MIT), in the
 * notation of `parse-history.ts`. There, a compare-and-set that failed is one that found another value.
 */
export const ETCD: readonly { readonly name: string; readonly ok: boolean; readonly events: string }[] = [
  {
    name: "etcd_000",
    ok: false,
    events: `
      0r 3r 2w4 1w2 4w3 3=nil 0=nil 4ok 1ok 2ok 3w3 0r 0=3 3ok 4r 4=3 1r 1=3 2c3>0 2ok 0w2 3r 0ok 3=0 4r 4=2 1c0>3 2c0>0
      1no 2no 0c2>1 3r 3=2 0ok 4r 4=1 1r 1=1 2r 2=1 3w0 0c1>3 3ok 4w2 0no 4ok 1r 1=2 2c1>1 2no 3c0>0 0r 0=2 4w1 3no 1c2>1
      2w2 2ok 0c1>4 3w3 4? 0no 3ok 1? 2w2 9w3 0r 0=3 2ok 3c3>4 3no 6c1>1 9? 0w1 0ok 2c0>0 2no 3c2>2 6? 3no 14w4 0c4>3 0no
      2w0 11r 11=2 2ok 3w2 3ok 14? 0w1 11c2>1 2c0>3 3r 3=2 19r 19=2 0? 11? 2? 3r 3=2 19c1>3 19ok 5w0 16c4>3 7c1>2 5ok 7no
      16no 3c4>2 3no 19c0>1 19ok 5c4>0 7c1>4 16r 16=1 3c1>3 3no 5ok 7ok 19c2>0 19no 16r 16=0 3r 3=0 5r 7c4>2 5=0 7no 19c2>3
      19no 16c4>1 3w4 5w4 7c0>2 19r 19=0 16? 3? 5? 7? 19w3 19ok 21c2>0 21no 8w4 10w2 10ok 12c4>4 19w4 21r 21=4 19ok 8?
      10c0>1 12? 10no 21c3>3 21no 19r 19=4 13c2>2 17c4>4 13? 17? 10r 10=1`,
  },
  {
    name: "etcd_001",
    ok: false,
    events: `
      0r 1r 0=nil 1=nil 4w0 2c1>0 3w2 2no 4ok 3ok 0r 0=0 1c0>0 1ok 2r 2=0 4w1 3w3 4ok 3ok 0r 0=3 1c3>0 2c0>4 1ok 2ok 4r 4=4
      3r 3=4 0r 0=4 1w1 1ok 2r 2=1 4w4 4ok 3c1>3 3no 0r 0=4 1c0>2 2r 2=4 4r 4=4 3c3>2 0c2>1 1? 2r 2=4 4c0>0 3? 0? 6r 6=4
      2c2>3 4? 8r 8=4 5r 5=4 6c3>0 6no 2? 9c3>4 8w0 8ok 5w1 5ok 6w1 7r 7=4 9? 6ok 8r 8=1 5w2 5ok 7r 7=4 14c1>0 6c1>2 8r 8=2
      6no 5r 5=2 7c1>3 14? 8w3 8ok 6w0 6ok 5r 5=0 7? 19w2 19ok 8r 8=2 6w0 5c2>1 6ok 12r 12=0 19c1>3 5no 8c3>4 8no 19no 6w3
      6ok 12c0>3 12no 5c0>3 8r 8=3 5no 19r 19=3 6w1 6ok 12r 12=1 8r 8=1 5r 5=1 19c3>2 19no 6w1 12w4 8r 8=1 5r 5=1 19w4 6?
      12? 8w0 5c2>4 19? 11r 11=1 17c0>1 17no 8? 5? 24r 24=1 11c1>3 11ok 17c3>4 13r 13=1 10w1 17ok 24c1>1 10ok 11c1>4 11ok
      13r 13=1 17c0>3 17no 24? 10w4 10ok 11r 11=4`,
  },
  {
    name: "etcd_002",
    ok: true,
    events: `
      4r 4=nil 1w1 2c2>4 3c1>2 0c1>4 1ok 0no 2ok 3ok 4w0 4ok 1w2 1ok 0r 0=2 2c0>2 3c2>3 2no 3ok 4r 4=3 1w3 1ok 0w2 2w0 0ok
      2ok 3c0>4 3ok 4c3>4 4no 1w1 0w3 0ok 1ok 2r 2=3 3r 3=3 4r 4=3 0c4>3 0no 1c2>2 2w3 1no 3w2 4w2 4ok 0c1>4 0no 2? 1w3 1ok
      3? 4c3>0 4ok 0r 0=0 7c3>1 1w1 8r 8=3 4c4>0 1ok 0w2 0ok 7? 4no 8c4>0 1w0 1ok 0w4 0ok 12w4 4r 4=4 8? 1r 1=4 0w2 12? 0ok
      4c3>0 4no 13w3 1w0 17r 0c2>1 17=3 4w1 13? 1? 0? 17c0>1 4? 18r 18=3 6w3 5w2 17? 9c2>2 18w4 6? 5? 22w1 9? 18? 11w3
      10c1>1 22? 14w0 11ok 23c4>4 14ok 10no 23no 27w1 11w2 11ok 14c1>2 10r 10=2 14no 23r 23=0 27? 11w1 11ok 10r 10=1 14w2
      23c2>3 32c2>1 14ok 11w4 11ok 10c1>1 10no 23? 32? 14w4 14ok 11c2>4 11no 10r 10=4 28r 28=0 37w3 37? 14r 14=4`,
  },
  {
    name: "etcd_007",
    ok: true,
    events: `
      0r 2r 1r 2=nil 0=nil 1=nil 3w1 4c3>3 3ok 4no 2c2>0 0w0 1r 1=1 0ok 3c3>0 2no 3no 4c0>2 4ok 1c3>4 0c2>2 1no 2r 3w4 2=2
      0ok 3ok 4r 4=4 1c0>1 1no 2c3>2 0c3>3 2no 3r 0no 3=4 4w4 4ok 1c2>0 1no 2c3>1 0c1>2 3c2>0 4w0 0no 2no 4ok 1w2 3? 0c2>2
      0no 2w4 4r 4=0 2ok 1? 8c2>0 0w3 0ok 4r 4=3 2r 2=3 6w3 8? 0r 0=3 4c2>2 4no 2c3>1 6? 13w3 2ok 0r 0=1 4w4 11c1>4 13? 4ok
      2c2>4 2no 0r 0=4 11? 18w1 4r 4=4 2r 2=4 0w1 16c4>2 18? 4c3>4 2r 2=4 0? 16? 23w1 4? 2w2 5w2 2ok 23ok 5ok 21w1 9r 21ok
      9=1 23r 2c1>2 5r 23=1 5=1 2ok 21w4 9r 9=2 21ok 23r 5r 23=4 5=4 2r 2=4 9w3 9ok 21c2>4 23w0 5r 5=3 2c4>2 9c4>4 21? 23?
      5w0 2? 9? 26w2 28c2>4 5? 28no 7w4 7ok 14w2 26? 10c1>3 28c0>1 7c3>4 10no 28no 7no 14? 31r 31=3 10r 10=4 28c0>0 28no 7r
      7=4`,
  },
  {
    name: "etcd_018",
    ok: true,
    events: `
      4r 3w4 0w4 2w2 4=nil 1c2>0 0ok 2ok 3ok 1no 4r 0c0>0 4=4 0no 2w2 3r 1c0>0 3=4 2ok 1no 4c3>2 4no 0r 0=2 3c0>4 2c0>1 3no
      1w0 2no 1ok 4c2>1 0c3>0 4no 0no 3c2>3 2w1 3no 1w3 2ok 1ok 4w3 4ok 0r 0=3 3r 3=3 2c2>1 1w2 4w1 0w2 3w1 2? 1? 3ok 4? 0?
      7w0 6c2>0 3w1 6no 3ok 9c0>1 5w2 5ok 7? 6w3 6ok 3r 3=3 9? 5c2>3 5no 12w0 6c1>1 6no 3c4>4 3no 14r 14=3 5c3>2 12? 5ok 6w1
      6ok 3c3>3 3no 14w4 17r 17=1 5c1>4 6w4 6ok 5no 3w0 3ok 14? 17c1>1 17no 6r 6=0 5w2 5ok 3r 3=2 19c2>1 17c3>4 6r 6=2 5r 5=2
      3c1>1 19? 17? 6r 6=2 5c2>2 3? 24w4 5ok 22c3>1 24ok 6c3>3 22no 6no 8r 8=4 5r 5=4 24r 24=4 22r 6w0 22=4 8c0>3 8no 5c0>0
      5no 24r 24=4 6? 22c0>2 22no 8r 8=4 5c4>3 5ok 24r 24=4 11c3>2 22c2>1 8w2 8ok 22no 5w1 5ok 24c3>1 11? 8w0 22w3 8ok 22ok
      5c4>0 5no 24? 16r 16=4`,
  },
  {
    name: "etcd_099",
    ok: false,
    events: `
      3r 0w1 2c4>1 4c2>0 3=nil 1c1>3 0ok 1ok 2no 4no 3w1 3ok 0c2>0 0no 1w4 4w1 2w4 1ok 2ok 4ok 3w1 3ok 0w2 0ok 1r 1=2 2r 2=2
      4w4 4ok 3w0 0w3 3ok 1c0>3 1no 0ok 2c2>4 2no 4c4>1 4no 3w2 1w0 1ok 3ok 0w3 2w0 4w4 4ok 1w0 1ok 3w1 0? 2? 3ok 4c2>0 4no
      1r 1=1 5c1>0 7c2>1 3w4 3ok 4r 4=4 1w4 1ok 5? 7? 3w3 3ok 4c2>1 1r 10c3>0 1=3 12w1 4no 3w4 3ok 10? 1c1>0 1no 12? 4w4 4ok
      3w0 15c4>4 1c2>2 17c2>1 4w0 3? 15? 1? 17? 4? 8w1 20r 20=3 6c1>4 22c1>2 22ok 8ok 6ok 9r 9=4 20c4>2 20ok 22r 22=2 8w4
      6c2>2 9c3>4 8ok 9no 6no 20w0 20ok 22r 22=0 8r 8=0 9w0 6w3 9ok 6ok 20r 20=3 22w0 22ok 8r 8=0 9r 9=0 6w1 6ok 20r 20=3 22r
      22=1 8w4 9c1>0 9ok 6c2>4 20c0>3 6no 22r 22=0 8? 9w1 9ok 20? 6r 6=1 22w2 13w1 22ok 9w4 9ok 25r 25=3 6c1>1 6no 13? 22r
      22=4`,
  },
  {
    name: "etcd_102",
    ok: true,
    events: `
      0r 2w2 0=nil 3c1>1 4c3>2 1c3>4 4no 1no 2ok 3no 0c0>0 0no 4w1 4ok 1c1>4 2r 3w2 1ok 2=4 3ok 0w0 0ok 4r 4=0 1r 1=0 2r 2=0
      3r 3=0 0w0 4w2 0ok 1c0>0 1no 4ok 2r 2=2 3c0>4 3no 0w2 1c2>4 1ok 0ok 4w0 2w1 3c4>4 3ok 1w1 1ok 0r 4? 2? 0=1 3w0 3ok
      1c0>3 1ok 9c1>0 7w0 0r 0=3 3w1 1r 1=1 9? 3ok 7? 0c0>4 0no 1w0 14c2>4 1ok 3r 3=0 12w4 0c2>3 0no 14? 1r 1=0 3r 12? 3=0 0r
      19r 1w0 17w3 3c4>2 0x 19x 1? 17? 3? 0w3 19c2>4 6r 22r 8c0>3 0? 6=0 19? 22x 8? 5r 5=3 6w3 6ok 24w3 24ok 22w2 22ok 13r
      13=2 5r 6c0>0 6no 5=2 24r 22c1>3 13r 6r 5r 24x 22? 13x 6x 5x 24w4 27w4 13w2 6c0>0 5w3 24? 27? 13? 6? 5? 29w2 29ok 32w1
      32ok 18r 18=1 11r 11=1`,
  },
];
