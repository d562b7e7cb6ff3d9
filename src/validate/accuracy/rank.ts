/**
 * The greatest of a row of scores, and how many scores are ahead of one of them. Of equals, the first
 * is ahead, as in ONNX's ArgMax and TopK.
 *
 * Source: https://onnx.ai/onnx/operators/onnx__TopK.html (given two equivalent values, the one with the
 * lower index appears first)
 *
 * @param column -1: none of them, which all are ahead of.
 * @returns `best` -1 and `rank` Infinity where a score is NaN.
 */
export function rankOf(scores: Float64Array, column: number): { best: number; rank: number } {
  const wanted = scores[column] ?? Number.NEGATIVE_INFINITY;
  let best = 0;
  let rank = 0;
  for (const [at, score] of scores.entries()) {
    if (Number.isNaN(score)) return { best: -1, rank: Number.POSITIVE_INFINITY };
    if (score > (scores[best] ?? 0)) best = at;
    if (score > wanted || (score === wanted && at < column)) rank += 1;
  }
  return { best, rank: column < 0 ? Number.POSITIVE_INFINITY : rank };
}
