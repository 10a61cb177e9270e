// Vectors of ROUGE whose expected values come from npm's js-rouge: node rouge_peers.mjs SEED COUNT, with BENCH_NODE_MODULES naming the folder it is installed in.
// One sentence a side, pre-tokenised; the options are equal: no stemming, beta 1.
import { createRequire } from 'node:module';

const { n, l } = createRequire(`${process.env.BENCH_NODE_MODULES}/x.js`)('js-rouge');
const words = 'river stone bridge runs running quickly national city state dogs maybe yes end red blue green of in on at 12 3'.split(' ');
let state = BigInt(process.argv[2]);
const draw = below => Number((state = (state * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n)) >> 33n) % below;
const tokenizer = text => text.split(' ');
const segmenter = text => [text];
const score = f => ({ fmeasure: f });

for (let i = 0; i < Number(process.argv[3]); i++) {
  const reference = Array.from({ length: 1 + draw(i % 10 ? 25 : 120) }, () => words[draw(words.length)]);
  const prediction = reference.map(word => (draw(10) < 6 ? word : words[draw(words.length)])).slice(draw(3));
  if (prediction.length < 2 || reference.length < 2) continue;
  const [p, r] = [prediction.join(' '), reference.join(' ')];
  const rougeL = l(p, r, { beta: 1, tokenizer, segmenter });
  console.log(JSON.stringify({
    id: `js-rouge-${i}`, metric: 'rouge', prediction: p, references: [r], options: { use_stemmer: false }, source: 'js-rouge',
    expected: { rouge1: score(n(p, r, { n: 1, beta: 1, tokenizer })), rouge2: score(n(p, r, { n: 2, beta: 1, tokenizer })), rougeL: score(rougeL) },
  }));
}
