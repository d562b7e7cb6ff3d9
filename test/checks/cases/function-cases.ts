import type { OperatorCase } from './operator-case.ts';
import {
  calling,
  chain,
  functionOf,
  innerRelu,
  int,
  model,
  node,
  reference,
  soundCall,
  withOpset,
} from './parts.ts';

export const functionCases: readonly OperatorCase[] = [
  {
    code: 'function-duplicate',
    defective: calling([functionOf([innerRelu]), functionOf([innerRelu])]),
    sound: soundCall,
    spec: 'error',
    runtime: 'accepts',
  },
  {
    code: 'function-signature',
    defective: calling([functionOf([innerRelu], { attribute: ['q', 'q'] })]),
    sound: calling([functionOf([innerRelu], { attribute: ['q'] })]),
    spec: 'error',
    runtime: 'accepts',
  },
  {
    code: 'function-limit',
    defective: model(
      {},
      {
        functions: Array.from({ length: 10_001 }, (_, at) => ({
          ...functionOf([innerRelu]),
          name: `f${at}`,
        })),
      },
    ),
    sound: soundCall,
    spec: 'error',
    runtime: 'accepts',
  },
  {
    code: 'function-recursive',
    defective: calling([functionOf([node('f', ['a'], ['b'], { domain: 'l' })])]),
    sound: soundCall,
    spec: 'error',
    runtime: 'rejects',
  },
  {
    code: 'function-depth',
    defective: calling(chain(102), { op_type: 'f101' }),
    sound: calling(chain(20), { op_type: 'f19' }),
    spec: 'error',
    runtime: 'accepts',
  },
  {
    code: 'function-opset',
    defective: calling([functionOf([innerRelu], withOpset(13))]),
    sound: calling([functionOf([innerRelu], withOpset(14))]),
    spec: 'error',
    runtime: 'accepts',
  },
  {
    code: 'function-opset',
    defective: calling(
      [
        functionOf(
          [node('ReduceMean', ['a'], ['b'], { attribute: [{ name: 'axes', type: 7, ints: [1] }] })],
          withOpset(13),
        ),
      ],
      {},
      21,
    ),
    sound: soundCall,
    spec: 'error',
    runtime: 'rejects',
    also: ['shape-declared'],
  },
  {
    code: 'function-arguments',
    defective: calling([functionOf([innerRelu])], { input: ['x', 'x'] }),
    sound: soundCall,
    spec: 'ok',
    runtime: 'rejects',
  },
  {
    code: 'function-arguments',
    defective: calling([functionOf([node('Add', ['a', 'c'], ['b'])], { input: ['a', 'c'] })]),
    sound: calling([functionOf([innerRelu], { input: ['a', 'c'] })]),
    spec: 'ok',
    runtime: 'rejects',
  },
  {
    code: 'function-arguments',
    defective: calling([
      functionOf([node('Cast', ['a'], ['b'], { attribute: [reference('to', 'q')] })], {
        attribute: ['q'],
      }),
    ]),
    sound: calling(
      [
        functionOf([node('Cast', ['a'], ['b'], { attribute: [reference('to', 'q')] })], {
          attribute: ['q'],
        }),
      ],
      { attribute: [int('q', 1)] },
    ),
    spec: 'error',
    runtime: 'rejects',
  },
  {
    code: 'function-missing',
    defective: calling([functionOf([innerRelu])], { op_type: 'g' }),
    sound: soundCall,
    spec: 'ok',
    runtime: 'rejects',
  },
];
