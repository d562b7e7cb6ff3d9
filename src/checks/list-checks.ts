import type { CheckedCode } from '../report/index.ts';
import type { RuntimeRelease } from '../schemas/index.ts';
import { lintChecks, lintGraphChecks } from './lint/index.ts';
import { operatorChecks } from './operators/index.ts';
import { targetChecks } from './operators/target.ts';
import { checks } from './rules/index.ts';
import { helpOf } from './run-checks.ts';
import { valueChecks } from './values/index.ts';
import { notFinite } from './values/not-finite.ts';
import { unreadable } from './values/unreadable.ts';

export interface ListedChecks {
  /** Whether the runtime was asked, and gave an answer. */
  readonly runtime: boolean;
  /** How far weights were read: for all that can be wrong with them, or for their statistics. */
  readonly values: 'all' | 'statistics' | 'none';
  readonly target: RuntimeRelease | null;
}

interface Listed {
  readonly codes: readonly string[];
  readonly summary: string;
}

const runtimeAnswers: Listed = {
  codes: ['runtime-rejects', 'runtime-crashes'],
  summary: 'whether onnxruntime loads the model',
};

/** Every code that a check of a model can come to, in the order of the report. */
export function listChecks({ runtime, values, target }: ListedChecks): CheckedCode[] {
  const ofValues = { all: valueChecks, statistics: [notFinite, unreadable], none: [] };
  const listed: readonly Listed[] = [
    ...checks,
    ...operatorChecks,
    ...(target === null ? [] : targetChecks(target)),
    ...lintChecks,
    ...lintGraphChecks,
    ...ofValues[values],
    ...(runtime ? [runtimeAnswers] : []),
  ];
  return listed.flatMap(({ codes, summary }) =>
    codes.map((code): CheckedCode => ({ code, summary, help: helpOf(code) })),
  );
}
