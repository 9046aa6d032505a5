// Raw deflate (RFC 1951) for phones without DecompressionStream; loaded only there. After the RFC's own
// description: codes are decoded bit by bit from the numbers of codes of each length.

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** @param {Uint8Array} source @returns {Uint8Array} */
export function inflate(source) {
  const out = [];
  let at = 0;
  let held = 0;
  let count = 0;

  const bits = (wanted) => {
    while (count < wanted) {
      if (at >= source.length) throw new Error('the data end too early');
      held |= source[at] << count;
      at += 1;
      count += 8;
    }
    const value = held & ((1 << wanted) - 1);
    held >>>= wanted;
    count -= wanted;
    return value;
  };

  const symbol = ({ counts, symbols }) => {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length < 16; length += 1) {
      code |= bits(1);
      if (code - counts[length] < first) return symbols[index + code - first];
      index += counts[length];
      first = (first + counts[length]) << 1;
      code <<= 1;
    }
    throw new Error('a code that is not in its table');
  };

  const compressed = (literals, distances) => {
    for (;;) {
      const value = symbol(literals);
      if (value === 256) return;
      if (value < 256) {
        out.push(value);
        continue;
      }
      const length = LENGTH_BASE[value - 257] + bits(LENGTH_EXTRA[value - 257]);
      const far = symbol(distances);
      const distance = DISTANCE_BASE[far] + bits(far < 4 ? 0 : (far >> 1) - 1);
      if (distance > out.length) throw new Error('a reference to before the beginning');
      for (let copied = 0; copied < length; copied += 1) out.push(out[out.length - distance]);
    }
  };

  const dynamic = () => {
    const literals = bits(5) + 257;
    const distances = bits(5) + 1;
    const codes = bits(4) + 4;
    const lengths = new Array(19).fill(0);
    for (let index = 0; index < codes; index += 1) lengths[CODE_ORDER[index]] = bits(3);
    const meta = table(lengths);
    const all = [];
    while (all.length < literals + distances) {
      const value = symbol(meta);
      if (value < 16) all.push(value);
      else if (value === 16) repeat(all, all[all.length - 1], 3 + bits(2));
      else repeat(all, 0, value === 17 ? 3 + bits(3) : 11 + bits(7));
    }
    compressed(table(all.slice(0, literals)), table(all.slice(literals)));
  };

  let last = 0;
  while (!last) {
    last = bits(1);
    const type = bits(2);
    if (type === 0) {
      held = 0;
      count = 0;
      const length = source[at] | (source[at + 1] << 8);
      for (const byte of source.subarray(at + 4, at + 4 + length)) out.push(byte);
      at += 4 + length;
    } else if (type === 1) compressed(FIXED_LITERALS, FIXED_DISTANCES);
    else if (type === 2) dynamic();
    else throw new Error('a block of an unknown type');
  }
  return Uint8Array.from(out);
}

function repeat(list, value, times) {
  for (let index = 0; index < times; index += 1) list.push(value);
}

function table(lengths) {
  const counts = new Array(16).fill(0);
  for (const length of lengths) counts[length] += 1;
  counts[0] = 0;
  const next = [0];
  for (let length = 1; length < 16; length += 1) next[length] = next[length - 1] + counts[length - 1];
  const symbols = [];
  lengths.forEach((length, value) => {
    if (!length) return;
    symbols[next[length]] = value;
    next[length] += 1;
  });
  return { counts, symbols };
}

const FIXED_LITERALS = table([
  ...new Array(144).fill(8), ...new Array(112).fill(9), ...new Array(24).fill(7), ...new Array(8).fill(8),
]);
const FIXED_DISTANCES = table(new Array(30).fill(5));
