export { add, multiply, negate, product, subtract, sum } from './arithmetic.ts';
export { differ, isNonNegative, sameSize } from './bounds.ts';
export { ceilDivide, divideExactly, floorDivide, modulo } from './divide.ts';
export { evaluate, hasAnonymous, isAnonymous, substitute, symbolsOf } from './evaluate.ts';
export { Expression, formatSize, type Size, symbol } from './expression.ts';
export { maximum, minimum } from './extremum.ts';
export { parseSize } from './parse.ts';
